// How a configuration looks to a surrogate: a row of numbers whose squared distances, divided by a
// squared lengthscale for each dimension, are those of the kernel.
//
// Numbers and ordered choices are one column in [0, 1] (log scale applied). A category is one-hot,
// scaled so that two different choices are at squared distance 1 (Hamming distance). An inactive
// number stands at 0.5, an inactive category at 0; for each set of conditions one more column says
// whether its parameters are active.
// Thread safety: immutable; const methods may be called from any thread.
#pragma once

#include <cstddef>
#include <vector>

#include "search_spaces/space.h"

namespace faretto {

class FeatureMap {
 public:
  // The space must outlive it.
  explicit FeatureMap(const Space& space);

  const Space& space() const { return space_; }
  std::size_t columns() const { return dimension_of_.size(); }
  // Dimensions with a lengthscale of their own: one for each parameter and each set of conditions.
  std::size_t dimensions() const { return dimensions_; }
  std::size_t dimension_of(std::size_t column) const { return dimension_of_[column]; }
  // First column of a parameter.
  std::size_t column_of(std::size_t parameter) const { return column_of_[parameter]; }
  // Column value of a number or ordered choice: ToUnit, stretched so that the lowest and the
  // highest value are 0 and 1.
  double Scaled(std::size_t parameter, double value) const;
  // Derivative of the column by ToUnit.
  double Stretch(std::size_t parameter) const { return stretch_[parameter]; }

  // `row`: columns() numbers, written with a distance of `stride`.
  void Encode(const Configuration& configuration, double* row, std::size_t stride = 1) const;

 private:
  const Space& space_;
  std::size_t dimensions_ = 0;
  std::vector<std::size_t> dimension_of_;  // [column]
  std::vector<std::size_t> column_of_;     // [parameter]
  std::vector<double> offset_;             // [parameter] ToUnit of the lowest value
  std::vector<double> stretch_;            // [parameter]
  std::vector<std::size_t> flag_of_;       // [flag] a parameter that is active with it
};

}  // namespace faretto
