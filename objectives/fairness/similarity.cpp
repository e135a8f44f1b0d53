#include "objectives/fairness/similarity.h"

namespace faretto {

extern const SimilarityKernel kBaselineSimilarity;
#if defined(__x86_64__)
extern const SimilarityKernel kAvx2Similarity;
extern const SimilarityKernel kAvx512Similarity;
#endif

std::span<const SimilarityKernel> SimilarityKernels() {
#if defined(__x86_64__)
  static const SimilarityKernel kernels[] = {kBaselineSimilarity, kAvx2Similarity,
                                             kAvx512Similarity};
  static const std::size_t usable = [] {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 1;
    const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
    return avx512 ? 3 : 2;
  }();
  return {kernels, usable};
#else
  return {&kBaselineSimilarity, 1};
#endif
}

}  // namespace faretto
