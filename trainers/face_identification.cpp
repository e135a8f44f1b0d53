#include "trainers/face_identification.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/files.h"
#include "base/names.h"
#include "base/random.h"
#include "trainers/data/augment.h"
#include "trainers/data/data_set.h"
#include "trainers/face_embedding.h"
#include "trainers/face_metrics.h"
#include "trainers/face_options.h"
#include "trainers/face_state.h"
#include "trainers/losses/focal.h"
#include "trainers/optimizers/cosine_schedule.h"
#include "trainers/tensors/safetensors.h"
#include "trainers/torch_errors.h"

namespace faretto {
namespace {

constexpr const char* kNan = "nan";
constexpr const char* kCollapsed = "collapsed";

class FaceIdentification final : public Trainer {
 public:
  explicit FaceIdentification(FaceOptions options) : options_(std::move(options)) {}

  Status Prepare(const TrialSetup& setup) override;
  Result<RunEnd> Run(std::int64_t to, const RunCallbacks& callbacks) override;
  Result<Metrics> Evaluate(const std::string& split) override;
  Status Save(const std::filesystem::path& file) override;
  Status Load(const std::filesystem::path& file) override;
  Status Export(const std::filesystem::path& folder) override;
  Result<Metrics> Baseline(const std::string& name, const std::string& split) override;

 private:
  int resized() const { return ResizedSide(options_.image_size); }
  std::int64_t classes() const {
    return static_cast<std::int64_t>(data_->train_identities().size());
  }
  RunEnd Fail(std::string reason) const {
    return {RunEnd::Kind::kFailed, state_.epoch, state_.batch, std::move(reason), ""};
  }

  Status OpenSplits();
  Status CheckTrainingSplit() const;
  Status MakeState();
  Result<const ImageSet*> Opened(const std::string& split) const;
  Result<RunEnd> RunEpochs(std::int64_t to, const RunCallbacks& callbacks);
  // False: should_stop said so at a batch boundary.
  Result<bool> TrainEpoch(const RunCallbacks& callbacks);
  Result<double> TrainBatch(const std::int64_t* images, const ImageSet& train);
  Result<Metrics> EpochMetrics(double mean_loss);
  bool StateIsFinite() const;
  Result<Metrics> MetricsOn(const ImageSet& images);

  FaceOptions options_;
  TrialSetup setup_;
  std::unique_ptr<DataSet> data_;
  std::map<std::string, ImageSet> splits_;
  std::vector<std::int64_t> train_labels_;  // class of each training image
  std::string fingerprint_;
  FaceState state_;
  std::map<std::string, Metrics> last_metrics_;  // by split, of the present state
};

Status FaceIdentification::Prepare(const TrialSetup& setup) {
  if (setup.group.size != 1) {
    return Invalid("face_identification trains in one process; start workers with one rank each");
  }
  setup_ = setup;
  FARETTO_ASSIGN_OR_RETURN(options_, WithParameters(options_, setup.params));
  FARETTO_RETURN_IF_ERROR(OpenSplits());
  fingerprint_ = CanonicalJson({{"options", options_.ToJson()},
                                {"seed", setup.seed},
                                {"horizon", setup.horizon},
                                {"classes", classes()}});
  return CatchTorchErrors([&]() -> Status {
    at::set_num_threads(options_.threads);
    at::globalContext().setDeterministicAlgorithms(true, false);
    return MakeState();
  });
}

Status FaceIdentification::OpenSplits() {
  FARETTO_ASSIGN_OR_RETURN(data_, MakeDataSet(options_.dataset, options_.group));
  splits_.clear();
  for (const std::string& split : setup_.splits) {
    FARETTO_ASSIGN_OR_RETURN(ImageSet images, data_->Open(split, {options_.channels, resized()}));
    splits_.emplace(split, std::move(images));
  }
  if (classes() < 2) return Invalid("the data set has fewer than two training identities");
  return CheckTrainingSplit();
}

Status FaceIdentification::CheckTrainingSplit() const {
  const auto train = splits_.find("train");
  if (train == splits_.end()) return Ok{};
  if (train->second.size() < static_cast<std::size_t>(options_.batch)) {
    return Invalid("the training split has " + std::to_string(train->second.size()) +
                   " images, fewer than one batch of " + std::to_string(options_.batch) +
                   "; lower \"batch\"");
  }
  return Ok{};
}

Status FaceIdentification::MakeState() {
  FARETTO_ASSIGN_OR_RETURN(state_, MakeFaceState(options_, classes(), setup_.seed));
  train_labels_.clear();
  last_metrics_.clear();
  const auto train = splits_.find("train");
  if (train == splits_.end()) return Ok{};
  const std::vector<std::string>& identities = data_->train_identities();
  for (const ImageSet::Item& item : train->second.items()) {
    const auto found = std::lower_bound(identities.begin(), identities.end(), item.identity);
    train_labels_.push_back(found - identities.begin());
  }
  return Ok{};
}

Result<const ImageSet*> FaceIdentification::Opened(const std::string& split) const {
  const auto found = splits_.find(split);
  if (found == splits_.end()) {
    return Invalid("the split \"" + split + "\" was not opened for this assignment");
  }
  return &found->second;
}

Result<RunEnd> FaceIdentification::Run(std::int64_t to, const RunCallbacks& callbacks) {
  FARETTO_RETURN_IF_ERROR(Opened("train"));
  try {
    return RunEpochs(to, callbacks);
  } catch (const std::exception& exception) {
    return Fail(TorchErrorLine(exception));
  }
}

Result<RunEnd> FaceIdentification::RunEpochs(std::int64_t to, const RunCallbacks& callbacks) {
  while (state_.epoch < to) {
    const Result<bool> whole_epoch = TrainEpoch(callbacks);
    if (!whole_epoch.ok() && whole_epoch.error().message == kNan) return Fail(kNan);
    if (!whole_epoch.ok()) return whole_epoch.error();
    if (!*whole_epoch) return RunEnd{RunEnd::Kind::kStopped, state_.epoch, state_.batch, "", ""};
    const double mean_loss = state_.loss_sum / static_cast<double>(state_.batch);
    ++state_.epoch;
    state_.batch = 0;
    state_.loss_sum = 0;
    if (!StateIsFinite()) return Fail(kNan);
    const Result<Metrics> metrics = EpochMetrics(mean_loss);
    if (!metrics.ok() && metrics.error().message == kNan) return Fail(kNan);
    if (!metrics.ok()) return metrics.error();
    if (metrics->contains("error") && metrics->at("error") >= 1) return Fail(kCollapsed);
    if (callbacks.on_report) callbacks.on_report(state_.epoch, *metrics, 1);
  }
  return RunEnd{RunEnd::Kind::kReached, state_.epoch, 0, "", ""};
}

Result<bool> FaceIdentification::TrainEpoch(const RunCallbacks& callbacks) {
  FARETTO_ASSIGN_OR_RETURN(const ImageSet* train, Opened("train"));
  last_metrics_.clear();
  const std::vector<std::int64_t> order =
      EpochOrder(setup_.seed, state_.epoch, static_cast<std::int64_t>(train->size()));
  const std::int64_t batches = static_cast<std::int64_t>(order.size()) / options_.batch;
  CosineSchedule schedule;
  schedule.base = options_.learning_rate();
  schedule.horizon = setup_.horizon;
  schedule.warmup_epochs = options_.warmup_epochs;
  SetLearningRate(LearningRate(schedule, state_.epoch), state_.optimizer.get());
  state_.network->train();
  while (state_.batch < batches) {
    if (callbacks.should_stop && callbacks.should_stop()) return false;
    FARETTO_ASSIGN_OR_RETURN(const double loss,
                             TrainBatch(order.data() + state_.batch * options_.batch, *train));
    if (!std::isfinite(loss)) return Failed(kNan);
    state_.loss_sum += loss;
    ++state_.batch;
    if (callbacks.on_progress) callbacks.on_progress();
  }
  return true;
}

Result<double> FaceIdentification::TrainBatch(const std::int64_t* images, const ImageSet& train) {
  const int side = options_.image_size;
  torch::Tensor input = torch::empty({options_.batch, options_.channels, side, side});
  torch::Tensor labels = torch::empty({options_.batch}, torch::kInt64);
  std::vector<std::uint8_t> scratch;
  for (int i = 0; i < options_.batch; ++i) {
    FARETTO_ASSIGN_OR_RETURN(const std::uint8_t* pixels, train.Pixels(images[i], scratch));
    const Crop crop = TrainingCrop(setup_.seed, state_.epoch, images[i], resized(), side);
    CutOut(pixels, options_.channels, resized(), crop, side, input[i].data_ptr<float>());
    labels.data_ptr<std::int64_t>()[i] = train_labels_[images[i]];
  }
  state_.optimizer->zero_grad();
  const MarginOutput output = state_.head->forward(state_.network->forward(input), labels);
  const torch::Tensor loss = FocalLoss(output.logits, labels, output.regulariser);
  const double value = loss.item<double>();
  if (!std::isfinite(value)) return value;  // the weights stay as they were
  loss.backward();
  state_.optimizer->step();
  return value;
}

bool FaceIdentification::StateIsFinite() const {
  return std::all_of(
      state_.parameters.begin(), state_.parameters.end(),
      [](const NamedParameter& p) { return p.tensor.isfinite().all().item<bool>(); });
}

Result<Metrics> FaceIdentification::EpochMetrics(double mean_loss) {
  Metrics metrics;
  if (splits_.contains("validation")) {
    FARETTO_ASSIGN_OR_RETURN(metrics, MetricsOn(splits_.at("validation")));
    last_metrics_["validation"] = metrics;
  }
  metrics["train_loss"] = mean_loss;
  return metrics;
}

Result<Metrics> FaceIdentification::MetricsOn(const ImageSet& images) {
  FARETTO_ASSIGN_OR_RETURN(const torch::Tensor embeddings,
                           Embed(*state_.network, images, options_.image_size));
  return FaceMetrics(embeddings, images, setup_.seed);
}

Result<Metrics> FaceIdentification::Evaluate(const std::string& split) {
  FARETTO_ASSIGN_OR_RETURN(const ImageSet* images, Opened(split));
  return CatchTorchErrors([&]() -> Result<Metrics> {
    FARETTO_ASSIGN_OR_RETURN(last_metrics_[split], MetricsOn(*images));
    return last_metrics_[split];
  });
}

Status FaceIdentification::Save(const std::filesystem::path& file) {
  return CatchTorchErrors([&] { return SaveFaceState(state_, fingerprint_, file); });
}

Status FaceIdentification::Load(const std::filesystem::path& file) {
  const Status loaded = CatchTorchErrors([&] { return LoadFaceState(file, fingerprint_, state_); });
  last_metrics_.clear();
  if (loaded.ok()) return loaded;
  FARETTO_RETURN_IF_ERROR(CatchTorchErrors([&] { return MakeState(); }));
  return loaded.error().In("cannot continue from the checkpoint " + file.string());
}

Status FaceIdentification::Export(const std::filesystem::path& folder) {
  Json config = {{"trainer", "face_identification"},
                 {"architecture", options_.ToJson()},
                 {"embedding", state_.network->options().embedding},
                 {"classes", classes()},
                 {"input",
                  {{"channels", options_.channels == 1 ? "grey" : "red, green, blue"},
                   {"resize", resized()},
                   {"centre_crop", options_.image_size},
                   {"mean", 0.5},
                   {"std", 0.5}}},
                 {"params", setup_.params},
                 {"seed", setup_.seed},
                 {"epochs", state_.epoch},
                 {"metrics", Json::object()}};
  for (const auto& [split, metrics] : last_metrics_) config["metrics"][split] = metrics;
  FARETTO_RETURN_IF_ERROR(EnsureWritableFolder(folder));
  FARETTO_RETURN_IF_ERROR(CatchTorchErrors([&] {
    TensorMap tensors;
    AddModuleState(*state_.network, "backbone", &tensors);
    AddModuleState(*state_.head, "head", &tensors);
    return WriteSafetensors(folder / "model.safetensors", tensors, {});
  }));
  return WriteFileAtomically(folder / "config.json", config.dump(2) + "\n");
}

Result<Metrics> FaceIdentification::Baseline(const std::string& name, const std::string& split) {
  const std::vector<std::string> known = {"pixels", "random_network"};
  FARETTO_ASSIGN_OR_RETURN(const ImageSet* images, Opened(split));
  return CatchTorchErrors([&]() -> Result<Metrics> {
    if (name == "pixels") {
      FARETTO_ASSIGN_OR_RETURN(const ImageSet whole, data_->Open(split, {options_.channels, 0}));
      FARETTO_ASSIGN_OR_RETURN(const torch::Tensor embeddings, PixelEmbeddings(whole));
      return FaceMetrics(embeddings, whole, setup_.seed);
    }
    if (name == "random_network") {
      FaceOptions untrained = options_;
      untrained.edges = FaceOptions{}.edges;
      FARETTO_ASSIGN_OR_RETURN(const auto network, MakeFaceNetwork(untrained, setup_.seed));
      FARETTO_ASSIGN_OR_RETURN(const torch::Tensor embeddings,
                               Embed(*network, *images, options_.image_size));
      return FaceMetrics(embeddings, *images, setup_.seed);
    }
    return Invalid("the baseline \"" + name + "\" is unknown" + NameHint(name, known));
  });
}

}  // namespace

Result<std::unique_ptr<Trainer>> MakeFaceIdentification(const Json& trainer) {
  FARETTO_ASSIGN_OR_RETURN(FaceOptions options, ParseFaceOptions(trainer));
  return std::unique_ptr<Trainer>(std::make_unique<FaceIdentification>(std::move(options)));
}

Status CheckFaceIdentificationData(const Json& trainer) {
  FARETTO_ASSIGN_OR_RETURN(const FaceOptions options, ParseFaceOptions(trainer));
  FARETTO_ASSIGN_OR_RETURN(const auto data, MakeDataSet(options.dataset, options.group));
  for (const char* split : {"train", "validation"}) {
    FARETTO_ASSIGN_OR_RETURN(
        const ImageSet images,
        data->Open(split, {options.channels, ResizedSide(options.image_size)}));
    std::vector<std::uint8_t> scratch;
    for (std::size_t i = 0; i < images.size(); ++i) {
      FARETTO_RETURN_IF_ERROR(images.Pixels(i, scratch));
    }
  }
  return Ok{};
}

}  // namespace faretto
