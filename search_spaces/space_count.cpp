// How many configurations there are, and all of them.
#include <algorithm>

#include "search_spaces/space.h"
#include "search_spaces/space_search.h"

namespace faretto {
namespace {

// Counts classes of values, not values: a parameter that no condition or clause names costs one
// step, whatever its range.
class Counter {
 public:
  Counter(const Space& space, std::uint64_t limit)
      : space_(space), search_(space), limit_(static_cast<double>(limit)) {
    c_.values.assign(space.size(), kInactive);
  }

  // `multiplicity` configurations share the values set so far.
  void From(std::size_t position, double multiplicity) {
    if (total_ >= limit_) return;
    if (position == space_.size()) {
      total_ += multiplicity;
      return;
    }
    const std::size_t i = space_.topological_order()[position];
    if (!space_.IsActive(i, c_)) {
      Set(position, kInactive, multiplicity);
      return;
    }
    // A continuous parameter is never active in an allowed configuration of a finite space.
    const auto& named = search_.named(i);
    const double others =
        space_.parameters()[i].cardinality().value_or(1) - static_cast<double>(named.size());
    for (double value : named) Set(position, value, multiplicity);
    if (const auto another = search_.another(i))
      Set(position, *another, std::min(multiplicity * std::max(others, 1.0), 1e18));
    c_.values[i] = kInactive;
  }

  std::uint64_t total() const { return static_cast<std::uint64_t>(std::min(total_, limit_)); }

 private:
  void Set(std::size_t position, double value, double multiplicity) {
    c_.values[space_.topological_order()[position]] = value;
    if (search_.Violated(position, c_) == nullptr) From(position + 1, multiplicity);
  }

  const Space& space_;
  const SpaceSearch search_;
  const double limit_;
  double total_ = 0;
  Configuration c_;
};

class Walk {
 public:
  Walk(const Space& space, const std::function<bool(const Configuration&)>& visit)
      : space_(space), search_(space), visit_(visit) {
    c_.values.assign(space.size(), kInactive);
  }

  // False: `visit` wants no more.
  bool From(std::size_t position) {
    if (position == space_.size()) return visit_(c_);
    const std::size_t i = space_.topological_order()[position];
    if (!space_.IsActive(i, c_)) return Set(position, kInactive);
    const double count = space_.parameters()[i].cardinality().value_or(0);
    for (double k = 0; k < count; ++k)
      if (!Set(position, space_.parameters()[i].ValueAt(k))) return false;
    c_.values[i] = kInactive;
    return true;
  }

 private:
  bool Set(std::size_t position, double value) {
    c_.values[space_.topological_order()[position]] = value;
    return search_.Violated(position, c_) != nullptr || From(position + 1);
  }

  const Space& space_;
  const SpaceSearch search_;
  const std::function<bool(const Configuration&)>& visit_;
  Configuration c_;
};

}  // namespace

std::optional<std::uint64_t> Space::Count(std::uint64_t limit) const {
  if (!finite_) return std::nullopt;
  Counter counter(*this, limit);
  counter.From(0, 1);
  return counter.total();
}

void Space::Enumerate(const std::function<bool(const Configuration&)>& visit) const {
  if (finite_) Walk(*this, visit).From(0);
}

}  // namespace faretto
