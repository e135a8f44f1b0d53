#include "trainers/tensors/random_fill.h"

#include <cmath>

#include "base/random.h"

namespace faretto {

void FillUniform(std::uint64_t seed, const std::string& name, double bound, torch::Tensor tensor) {
  TORCH_CHECK(tensor.is_contiguous(), "FillUniform needs a contiguous tensor");
  torch::NoGradGuard no_grad;
  RandomStream random(seed, name);
  const std::int64_t count = tensor.numel();
  AT_DISPATCH_FLOATING_TYPES(tensor.scalar_type(), "FillUniform", [&] {
    scalar_t* values = tensor.data_ptr<scalar_t>();
    for (std::int64_t i = 0; i < count; ++i) {
      values[i] = static_cast<scalar_t>(bound * (2.0 * random.Uniform() - 1.0));
    }
  });
}

void InitialiseConvolutions(std::uint64_t seed, torch::nn::Module* module) {
  for (const auto& item : module->named_modules("", /*include_self=*/false)) {
    const auto* convolution = item.value()->as<torch::nn::Conv2d>();
    if (convolution == nullptr) continue;
    const torch::Tensor& weight = convolution->weight;
    const double bound = 1.0 / std::sqrt(static_cast<double>(weight[0].numel()));
    FillUniform(seed, "weights/" + item.key() + ".weight", bound, weight);
    if (convolution->bias.defined()) {
      FillUniform(seed, "weights/" + item.key() + ".bias", bound, convolution->bias);
    }
  }
}

}  // namespace faretto
