#if defined(__x86_64__)
#define Eigen EigenAvx512
#define FARETTO_KERNEL kAvx512Similarity
#define FARETTO_KERNEL_NAME "avx512"
#include "objectives/fairness/similarity_kernel.inl"
#endif
