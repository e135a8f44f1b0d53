// Times of hypervolume, contributions and non-dominated boxes of points from standard input.
//
//   hypervolume_benchmark [ROUNDS] < POINTS     one JSON line with medians in ms
//   hypervolume_benchmark --golden              the golden file of tests/data/hypervolume (by
//   pagmo)
//
// POINTS: the number of points and of objectives, the reference point, then the points, separated
// by white space. Where pagmo (Debian: libpagmo-dev) was found, its hypervolume and time stand
// beside ours. benchmarks/hypervolume.py drives this program and moocore in turn.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>

#include "base/json.h"
#include "objectives/pareto/box_decomposition.h"
#include "objectives/pareto/hypervolume.h"
#include "tests/objectives/pareto/random_points.h"
#ifdef FARETTO_WITH_PAGMO
#include <pagmo/utils/hypervolume.hpp>
#endif

namespace faretto {
namespace {

struct Input {
  std::vector<Point> points;
  Point reference;
};

Input Read(std::istream& in) {
  std::size_t n = 0;
  std::size_t dimensions = 0;
  in >> n >> dimensions;
  Input input{std::vector<Point>(n, Point(dimensions)), Point(dimensions)};
  for (double& value : input.reference) in >> value;
  for (Point& point : input.points)
    for (double& value : point) in >> value;
  return input;
}

double MedianMs(int rounds, const std::function<void()>& work) {
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    times.push_back(took.count());
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

Json Measure(const Input& input, int rounds) {
  Json line;
  double volume = 0;
  std::size_t boxes = 0;
  line["ms"] = MedianMs(rounds, [&] { volume = Hypervolume(input.points, input.reference); });
  line["contributions_ms"] = MedianMs(
      std::min(rounds, 5), [&] { HypervolumeContributions(input.points, input.reference); });
  line["boxes_ms"] = MedianMs(std::min(rounds, 5), [&] {
    boxes = NonDominatedBoxes(input.points, input.reference).size();
  });
  line["boxes"] = boxes;
  line["hypervolume"] = volume;
#ifdef FARETTO_WITH_PAGMO
  double theirs = 0;
  line["pagmo_ms"] = MedianMs(std::min(rounds, 5), [&] {
    theirs = pagmo::hypervolume(input.points, false).compute(input.reference);
  });
  line["pagmo"] = theirs;
#endif
  return line;
}

int Golden() {
#ifdef FARETTO_WITH_PAGMO
  std::string separator = "[\n";
  for (const FrontCase& front : GoldenFronts()) {
    const std::vector<Point> points = MakeFront(front);
    const Point reference(front.dimensions, front.reference);
    // pagmo refuses points that are not better than the reference in every objective.
    std::vector<Point> counted;
    for (const Point& point : points)
      if (DominatesInEveryObjective(point, reference)) counted.push_back(point);
    const pagmo::hypervolume theirs(counted, true);
    Json entry = {{"shape", front.shape},
                  {"points", front.points},
                  {"objectives", front.dimensions},
                  {"seed", front.seed},
                  {"reference", front.reference},
                  {"coordinate_sum", CoordinateSum(points)},
                  {"hypervolume", theirs.compute(reference)}};
    if (front.points <= 100 && counted.size() == points.size())
      entry["contributions"] = theirs.contributions(reference);
    std::cout << separator << entry.dump();
    separator = ",\n";
  }
  std::cout << "\n]\n";
  return 0;
#else
  std::cerr << "pagmo was not found when this program was built; install libpagmo-dev\n";
  return 1;
#endif
}

}  // namespace
}  // namespace faretto

int main(int argc, char** argv) {
  if (argc > 1 && std::string(argv[1]) == "--golden") return faretto::Golden();
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 51;
  std::cout << faretto::Measure(faretto::Read(std::cin), rounds).dump() << "\n";
}
