// The code of similarity_{baseline,avx2,avx512}.cpp, which define the kernel's name and instruction
// set.
//
// Nothing here may leave a function behind that the linker could share with code for older
// processors: hence the file's own name for Eigen's namespace, and no standard containers.
#include <Eigen/Core>

#include "objectives/fairness/similarity.h"

namespace faretto {
namespace {

void Similarities(const float* rows, std::int64_t n_rows, const float* columns,
                  std::int64_t n_columns, std::int64_t dimensions, float* out) {
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const Eigen::Map<const Matrix> a(rows, n_rows, dimensions);
  const Eigen::Map<const Matrix> b(columns, n_columns, dimensions);
  Eigen::Map<Matrix>(out, n_rows, n_columns).noalias() = a * b.transpose();
}

std::int64_t AtLeast(const float* values, std::int64_t n, float threshold, std::int32_t* hits) {
  constexpr std::int64_t kChunk = 64;
  std::int64_t found = 0;
  for (std::int64_t begin = 0; begin < n; begin += kChunk) {
    const std::int64_t end = begin + kChunk < n ? begin + kChunk : n;
    std::int32_t any = 0;
    for (std::int64_t i = begin; i < end; ++i) any += values[i] >= threshold ? 1 : 0;
    if (any == 0) continue;
    // Without a branch on each value: half of them may be hits, in no order that can be predicted.
    for (std::int64_t i = begin; i < end; ++i) {
      hits[found] = static_cast<std::int32_t>(i);
      found += values[i] >= threshold ? 1 : 0;
    }
  }
  return found;
}

double ExactDot(const double* a, const double* b, std::int64_t dimensions) {
  constexpr int kLanes = 8;
  double sums[kLanes] = {};
  std::int64_t k = 0;
  for (; k + kLanes <= dimensions; k += kLanes)
    for (int lane = 0; lane < kLanes; ++lane) sums[lane] += a[k + lane] * b[k + lane];
  for (int lane = 0; k < dimensions; ++k, ++lane) sums[lane] += a[k] * b[k];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

}  // namespace

extern const SimilarityKernel FARETTO_KERNEL;
const SimilarityKernel FARETTO_KERNEL = {FARETTO_KERNEL_NAME, Similarities, AtLeast, ExactDot};

}  // namespace faretto
