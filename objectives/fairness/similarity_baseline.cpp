#define Eigen EigenBaseline
#define FARETTO_KERNEL kBaselineSimilarity
#define FARETTO_KERNEL_NAME "baseline"
#include "objectives/fairness/similarity_kernel.inl"
