// Non-dominated sorting of 100,000 points beside std::sort of the same points lexicographically.
// Medians of CPU time, so that other work on the machine counts for neither side.
//
//   dominance_benchmark [POINTS]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>

#include "objectives/pareto/dominance.h"
#include "tests/objectives/pareto/random_points.h"

namespace faretto {
namespace {

double MedianMs(const std::function<void()>& work) {
  std::vector<double> times;
  for (int i = 0; i < 5; ++i) {
    const std::clock_t start = std::clock();
    work();
    times.push_back(1e3 * static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

void Compare(const FrontCase& front) {
  const std::vector<Point> points = MakeFront(front);
  const double sort = MedianMs([&] {
    std::vector<const Point*> sorted;
    for (const Point& point : points) sorted.push_back(&point);
    std::sort(sorted.begin(), sorted.end(), [](const Point* a, const Point* b) { return *a < *b; });
  });
  std::vector<int> ranks;
  const double ours = MedianMs([&] { ranks = NonDominatedSort(points); });
  const double first = MedianMs([&] { NonDominated(points); });
  const int fronts = ranks.empty() ? 0 : *std::max_element(ranks.begin(), ranks.end()) + 1;
  std::printf("%-8s %10zu %8d %10.1f %10.1f %8.2f %12.1f\n", front.shape.c_str(), front.dimensions,
              fronts, sort, ours, ours / sort, first);
}

}  // namespace
}  // namespace faretto

int main(int argc, char** argv) {
  const std::size_t n = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100000;
  std::printf("%zu points, ms\n%-8s %10s %8s %10s %10s %8s %12s\n", n, "shape", "objectives",
              "fronts", "std::sort", "fronts in", "ratio", "first front");
  for (const std::size_t dimensions : {2, 3, 4, 5})
    for (const char* shape : {"uniform", "concave"}) faretto::Compare({shape, n, dimensions, 1, 0});
}
