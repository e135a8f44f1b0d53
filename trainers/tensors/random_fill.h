// Weight initialisation from named counter-based streams (base/random.h): the value of a weight is
// a function of seed, name and position alone, whatever else was drawn before.
//
// Thread safety: none; the tensors must not be used elsewhere meanwhile.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>

namespace faretto {

// Fills `tensor` (contiguous, float or double) with uniform draws from [-bound, bound).
void FillUniform(std::uint64_t seed, const std::string& name, double bound, torch::Tensor tensor);

// The framework's default initialisation for every convolution below `module`: weight and bias
// uniform in ±1/sqrt(fan_in), which is what Kaiming-uniform with a = sqrt(5) amounts to. Batch-norm
// layers keep weight 1 and bias 0. A parameter named n is drawn from the stream "weights/n".
void InitialiseConvolutions(std::uint64_t seed, torch::nn::Module* module);

}  // namespace faretto
