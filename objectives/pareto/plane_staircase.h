// The lower left boundary of a growing set of points of the plane.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace faretto {

// Everything minimised. Corners in sorted arrays: a question takes O(log size), an insertion moves
// up to `size` numbers. Thread safety: none.
class PlaneStaircase {
 public:
  std::size_t size() const { return x_.size(); }

  // Whether some point inserted is nowhere worse than (x, y).
  bool Covers(double x, double y) const {
    const auto after = std::upper_bound(x_.begin(), x_.end(), x) - x_.begin();
    return after > 0 && y_[static_cast<std::size_t>(after - 1)] <= y;
  }

  // The point must not be covered.
  void Insert(double x, double y) {
    const auto begin = std::lower_bound(x_.begin(), x_.end(), x) - x_.begin();
    auto end = begin;
    while (end < static_cast<std::ptrdiff_t>(y_.size()) && y_[static_cast<std::size_t>(end)] >= y)
      ++end;
    Replace(x_, begin, end, x);
    Replace(y_, begin, end, y);
  }

 private:
  static void Replace(std::vector<double>& values, std::ptrdiff_t begin, std::ptrdiff_t end,
                      double value) {
    if (begin == end) {
      values.insert(values.begin() + begin, value);
      return;
    }
    values[static_cast<std::size_t>(begin)] = value;
    if (end - begin > 1) values.erase(values.begin() + begin + 1, values.begin() + end);
  }

  std::vector<double> x_;  // ascending
  std::vector<double> y_;  // descending
};

}  // namespace faretto
