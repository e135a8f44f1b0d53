// The fronts of a set of points that changes one point at a time: what NonDominatedSort
// (objectives/pareto/dominance.h) makes of all of them, without sorting all of them again. As in K.
// Li, K. Deb, Q. Zhang, Q. Zhang, "Efficient nondomination level update method for steady-state
// evolutionary multiobjective optimization", IEEE Transactions on Cybernetics 47(9), 2017.
// Thread safety: none while it is changed; const use from any thread otherwise.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace faretto {

class DominanceLayers {
 public:
  // Points of so many objectives, minimised and finite.
  explicit DominanceLayers(std::size_t objectives) : objectives_(objectives) {}

  // Instead of Insert one by one, where there are no points yet: all of them, by NonDominatedSort.
  void Assign(const std::vector<std::size_t>& indices,
              const std::function<std::span<const double>(std::size_t index)>& values);
  // A point by its index, which is not in yet. Compares it with some layers, and the members of
  // each further layer with what moves into it.
  void Insert(std::size_t index, std::span<const double> values);
  // Nothing if it is not in.
  void Erase(std::size_t index);

  bool contains(std::size_t index) const {
    return index < layer_of_.size() && layer_of_[index] != 0;
  }
  // Indices by layer, the best first, within a layer in any order; none is empty.
  const std::vector<std::vector<std::size_t>>& layers() const { return layers_; }

 private:
  using Members = std::vector<std::size_t>;

  std::span<const double> values(std::size_t index) const {
    return {&values_[index * objectives_], objectives_};
  }
  void Keep(std::size_t index, std::span<const double> values);
  bool AnyDominates(const Members& members, std::size_t index) const;
  void Place(const Members& members, std::size_t layer);

  std::size_t objectives_;
  std::vector<double> values_;         // by index
  std::vector<std::size_t> layer_of_;  // by index: 1 + its layer; 0: not in
  std::vector<Members> layers_;
};

}  // namespace faretto
