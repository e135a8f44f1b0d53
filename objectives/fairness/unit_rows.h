// The embeddings as the ranking needs them: normalised, and ordered by identity.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"

namespace faretto {

// Rows stand in the order of their identities; rows of one identity (a segment) are neighbours and
// keep their order. Thread safety: immutable after MakeUnitRows.
struct UnitRows {
  std::size_t dimensions = 0;
  std::vector<double> exact;              // row-major, each row of length 1
  std::vector<float> rounded;             // the same in float
  std::vector<std::size_t> source;        // row in the input
  std::vector<std::int32_t> segment;      // number of the identity, 0, 1, ... ascending
  std::vector<std::size_t> begin;         // first row of each segment, and the number of rows
  std::vector<std::int32_t> equal_class;  // rows with equal bits share one

  std::size_t size() const { return source.size(); }
  const double* row(std::size_t i) const { return exact.data() + i * dimensions; }
  const float* rounded_row(std::size_t i) const { return rounded.data() + i * dimensions; }
};

// Errors as for RankImages.
template <class Scalar>
Result<UnitRows> MakeUnitRows(std::span<const Scalar> embeddings, std::size_t dimensions,
                              std::span<const std::int32_t> identities);

extern template Result<UnitRows> MakeUnitRows<float>(std::span<const float>, std::size_t,
                                                     std::span<const std::int32_t>);
extern template Result<UnitRows> MakeUnitRows<double>(std::span<const double>, std::size_t,
                                                      std::span<const std::int32_t>);

}  // namespace faretto
