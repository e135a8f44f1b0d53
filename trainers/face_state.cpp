#include "trainers/face_state.h"

#include <ATen/CPUGeneratorImpl.h>

#include "base/random.h"
#include "trainers/tensors/safetensors.h"

namespace faretto {
namespace {

constexpr const char* kFingerprint = "training";
constexpr const char* kPlace = "place";    // I64: epoch, batch
constexpr const char* kLoss = "loss_sum";  // F64
constexpr const char* kRandom = "random";  // U8: LibTorch's CPU generator

Status LoadPlace(const TensorMap& tensors, FaceState& state) {
  const auto place = tensors.find(kPlace), loss = tensors.find(kLoss),
             random = tensors.find(kRandom);
  if (place == tensors.end() || loss == tensors.end() || random == tensors.end()) {
    return Failed("the checkpoint does not say where the training stood");
  }
  if (place->second.scalar_type() != torch::kInt64 || place->second.numel() != 2 ||
      loss->second.scalar_type() != torch::kFloat64 || loss->second.numel() != 1 ||
      random->second.scalar_type() != torch::kUInt8) {
    return Failed("the checkpoint's place in the training is damaged");
  }
  state.epoch = place->second.data_ptr<std::int64_t>()[0];
  state.batch = place->second.data_ptr<std::int64_t>()[1];
  state.loss_sum = *loss->second.data_ptr<double>();
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  generator.set_state(random->second);
  return Ok{};
}

}  // namespace

Result<std::shared_ptr<DpnNet>> MakeFaceNetwork(const FaceOptions& options, std::uint64_t seed) {
  DpnOptions dpn =
      options.network == "dpn" ? DpnOptions::Full() : DpnOptions::Small(options.channels);
  dpn.in_channels = options.channels;
  return MakeDpn(dpn, options.edges, DeriveSeed(seed, "network"));
}

Result<FaceState> MakeFaceState(const FaceOptions& options, std::int64_t classes,
                                std::uint64_t seed) {
  FaceState state;
  FARETTO_ASSIGN_OR_RETURN(state.network, MakeFaceNetwork(options, seed));
  const std::int64_t dimension = state.network->options().embedding;
  FARETTO_ASSIGN_OR_RETURN(state.head,
                           MakeHead(options.head, dimension, classes, DeriveSeed(seed, "head")));
  state.parameters = ParametersOf(*state.network, "backbone");
  for (NamedParameter& parameter : ParametersOf(*state.head, "head")) {
    state.parameters.push_back(std::move(parameter));
  }
  OptimizerSettings settings;
  settings.learning_rate = options.learning_rate();
  settings.weight_decay = options.weight_decay;
  FARETTO_ASSIGN_OR_RETURN(state.optimizer,
                           MakeOptimizer(options.optimizer, state.parameters, settings));
  at::manual_seed(DeriveSeed(seed, "libtorch"));
  return state;
}

Status SaveFaceState(const FaceState& state, const std::string& fingerprint,
                     const std::filesystem::path& file) {
  TensorMap tensors;
  AddModuleState(*state.network, "backbone", &tensors);
  AddModuleState(*state.head, "head", &tensors);
  AddOptimizerState(*state.optimizer, state.parameters, &tensors);
  tensors[kPlace] = torch::tensor({state.epoch, state.batch}, torch::kInt64);
  tensors[kLoss] = torch::tensor({state.loss_sum}, torch::kFloat64);
  tensors[kRandom] = at::detail::getDefaultCPUGenerator().get_state();
  return WriteSafetensors(file, tensors, {{kFingerprint, fingerprint}});
}

Status LoadFaceState(const std::filesystem::path& file, const std::string& fingerprint,
                     FaceState& state) {
  Result<SafetensorsContent> content = ReadSafetensors(file);
  if (!content.ok()) return Failed(content.error().message);
  if (content->metadata[kFingerprint] != fingerprint) {
    return Invalid("the checkpoint " + file.string() + " belongs to another training; it has " +
                   content->metadata[kFingerprint] + ", this one " + fingerprint);
  }
  const TensorMap& tensors = content->tensors;
  FARETTO_RETURN_IF_ERROR(LoadModuleState(tensors, "backbone", state.network.get()));
  FARETTO_RETURN_IF_ERROR(LoadModuleState(tensors, "head", state.head.get()));
  FARETTO_RETURN_IF_ERROR(LoadOptimizerState(tensors, state.parameters, state.optimizer.get()));
  return LoadPlace(tensors, state);
}

}  // namespace faretto
