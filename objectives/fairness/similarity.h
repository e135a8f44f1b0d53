// Inner loops of the rank metrics, compiled once for each instruction set.
//
// `Similarities` is a float matrix product and may round differently in each set; callers decide
// what lies within its error bound with `ExactDot`, which gives the same bits in all of them.
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <span>

namespace faretto {

struct SimilarityKernel {
  const char* name;
  // out[r * n_columns + c] = dot of row r of `rows` and row c of `columns`; all row-major,
  // `dimensions` long.
  void (*similarities)(const float* rows, std::int64_t n_rows, const float* columns,
                       std::int64_t n_columns, std::int64_t dimensions, float* out);
  // Writes the indices of values >= threshold, ascending, to `hits` (room for n); returns how many.
  std::int64_t (*at_least)(const float* values, std::int64_t n, float threshold,
                           std::int32_t* hits);
  // Dot product in double, in a fixed order of additions that is symmetric in a and b.
  double (*exact_dot)(const double* a, const double* b, std::int64_t dimensions);
};

// Those that this processor can run; the fastest is last.
std::span<const SimilarityKernel> SimilarityKernels();

}  // namespace faretto
