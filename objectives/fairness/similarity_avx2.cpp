#if defined(__x86_64__)
#define Eigen EigenAvx2
#define FARETTO_KERNEL kAvx2Similarity
#define FARETTO_KERNEL_NAME "avx2"
#include "objectives/fairness/similarity_kernel.inl"
#endif
