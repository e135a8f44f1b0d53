#include "objectives/pareto/layered_volume.h"

#include <algorithm>
#include <limits>

namespace faretto {

LayeredVolume::LayeredVolume(const std::array<double, 3>& reference,
                             const std::vector<std::array<double, 3>>& points)
    : reference_(reference) {
  for (const std::array<double, 3>& point : points) {
    x_.push_back(point[0]);
    y_.push_back(point[1]);
    z_.push_back(point[2]);
  }
}

void LayeredVolume::Insert(const std::array<double, 3>& point) {
  const auto place =
      static_cast<std::size_t>(std::upper_bound(z_.begin(), z_.end(), point[2]) - z_.begin());
  if (!FindSides(point, place)) return;
  volume_ += Gain(point, place);
  Store(point, place);
}

double LayeredVolume::GainOf(std::size_t number) {
  const std::array<double, 3> point = {x_[number], y_[number], z_[number]};
  const auto place =
      static_cast<std::size_t>(std::upper_bound(z_.begin(), z_.end(), point[2]) - z_.begin());
  // Infinitely far, the point itself bounds nothing.
  x_[number] = std::numeric_limits<double>::infinity();
  const double gain = FindSides(point, place) ? Gain(point, place) : 0;
  x_[number] = point[0];
  return gain;
}

double LayeredVolume::Gain(const std::array<double, 3>& point, std::size_t place) {
  return Sweep(point, FindCandidates(point, place));
}

bool LayeredVolume::FindSides(const std::array<double, 3>& point, std::size_t place) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double px = point[0];
  const double py = point[1];
  const double* xs = x_.data();
  const double* ys = y_.data();
  double x_side = reference_[0];
  double y_side = reference_[1];
  for (std::size_t i = 0; i < place; ++i) {
    const double x = ys[i] <= py ? xs[i] : kInfinity;
    const double y = xs[i] <= px ? ys[i] : kInfinity;
    x_side = x < x_side ? x : x_side;
    y_side = y < y_side ? y : y_side;
  }
  x_side_ = x_side;
  y_side_ = y_side;
  return x_side > px;
}

double LayeredVolume::FindCandidates(const std::array<double, 3>& point, std::size_t place) {
  const double px = point[0];
  const double py = point[1];
  const double* xs = x_.data();
  const double* ys = y_.data();
  candidates_.resize(x_.size());
  std::uint32_t* out = candidates_.data();
  std::size_t count = 0;
  std::size_t i = 0;
  for (; i < place; ++i) {
    out[count] = static_cast<std::uint32_t>(i);
    count += static_cast<std::size_t>((xs[i] > px) & (xs[i] < x_side_) & (ys[i] > py) &
                                      (ys[i] < y_side_));
  }
  candidates_below_ = count;
  double top = reference_[2];
  for (; i < x_.size(); ++i) {
    if ((xs[i] <= px) & (ys[i] <= py)) {
      top = z_[i];
      break;
    }
    out[count] = static_cast<std::uint32_t>(i);
    count += static_cast<std::size_t>((xs[i] < x_side_) & (ys[i] < y_side_));
  }
  candidates_.resize(count);
  return top;
}

double LayeredVolume::Sweep(const std::array<double, 3>& point, double top) {
  stair_x_.assign({point[0], x_side_});
  stair_y_.assign({y_side_, point[1]});
  double area = (x_side_ - point[0]) * (y_side_ - point[1]);
  for (std::size_t i = 0; i < candidates_below_; ++i)
    area -= Cover(x_[candidates_[i]], y_[candidates_[i]]);
  double gain = 0;
  double height = point[2];
  for (std::size_t i = candidates_below_; i < candidates_.size(); ++i) {
    const std::uint32_t own = candidates_[i];
    const double covered = Cover(std::max(x_[own], point[0]), std::max(y_[own], point[1]));
    gain += area * (z_[own] - height);
    height = z_[own];
    area -= covered;
  }
  return gain + area * (top - height);
}

double LayeredVolume::Cover(double x, double y) {
  std::size_t step = 0;
  while (stair_x_[step + 1] <= x) {
    ++step;
    if (step + 1 == stair_x_.size()) return 0;
  }
  double height = stair_y_[step];
  if (height <= y) return 0;
  const std::size_t last = stair_x_.size() - 1;
  double from = x;
  double area = 0;
  std::size_t end = step + 1;  // the first step behind the covered ones
  for (;; ++end) {
    area += (stair_x_[end] - from) * (height - y);
    if (end == last || stair_y_[end] < y) break;
    from = stair_x_[end];
    height = stair_y_[end];
  }
  // (x, y) takes the place of the steps that it covers; at the sides it moves the end itself.
  std::size_t begin = step + 1;
  if (stair_x_[step] == x) --begin;
  if (stair_y_[end] == y) ++end;
  const auto at = [](std::vector<double>& values, std::size_t i) {
    return values.begin() + static_cast<std::ptrdiff_t>(i);
  };
  if (begin == end) {
    stair_x_.insert(at(stair_x_, begin), x);
    stair_y_.insert(at(stair_y_, begin), y);
  } else {
    stair_x_[begin] = x;
    stair_y_[begin] = y;
    stair_x_.erase(at(stair_x_, begin + 1), at(stair_x_, end));
    stair_y_.erase(at(stair_y_, begin + 1), at(stair_y_, end));
  }
  return area;
}

void LayeredVolume::Store(const std::array<double, 3>& point, std::size_t place) {
  // Only candidates can be dominated: what is none lies outside of a side, behind a point that
  // would dominate it.
  dominated_.clear();
  for (std::size_t i = candidates_below_; i < candidates_.size(); ++i)
    if (x_[candidates_[i]] >= point[0] && y_[candidates_[i]] >= point[1])
      dominated_.push_back(candidates_[i]);
  Replace(x_, place, point[0]);
  Replace(y_, place, point[1]);
  Replace(z_, place, point[2]);
}

void LayeredVolume::Replace(std::vector<double>& values, std::size_t place, double value) const {
  const auto begin = values.begin();
  const auto at = [begin](std::size_t i) { return begin + static_cast<std::ptrdiff_t>(i); };
  if (dominated_.empty()) {
    values.insert(at(place), value);
    return;
  }
  // The first gap takes the shift; those behind it are closed.
  std::move_backward(at(place), at(dominated_[0]), at(dominated_[0] + 1));
  values[place] = value;
  std::size_t to = dominated_[0] + 1;
  for (std::size_t i = 0; i < dominated_.size(); ++i) {
    const std::size_t from = dominated_[i] + 1;
    const std::size_t end = i + 1 < dominated_.size() ? dominated_[i + 1] : values.size();
    if (to != from) std::move(at(from), at(end), at(to));
    to += end - from;
  }
  values.resize(to);
}

}  // namespace faretto
