#include "trainers/models/dpn_options.h"

#include <cassert>

namespace faretto {
namespace {

constexpr std::array<int, 3> kKernels = {3, 1, 5};

std::int64_t ConvolutionWeights(std::int64_t in, std::int64_t out, int kernel, int groups) {
  return in / groups * out * kernel * kernel;
}

struct Edge {
  OpKind op;
  int in;
  int out;
  int groups;
};

std::array<Edge, 3> EdgesOf(const DpnStage& stage, int groups, const DpnEdges& edges) {
  return {Edge{edges[0], stage.in, stage.bottleneck, 1},
          Edge{edges[1], stage.bottleneck, stage.bottleneck, groups},
          Edge{edges[2], stage.bottleneck, stage.residual + stage.increment, 1}};
}

std::int64_t ShortcutWeights(const DpnStage& stage) {
  return ConvolutionWeights(stage.in, stage.residual + 2 * stage.increment, 1, 1);
}

int Strided(int size, int stride) { return (size + stride - 1) / stride; }

}  // namespace

OpKind OpKind::FromDigit(int digit) {
  assert(digit >= 0 && digit <= 8);
  return {static_cast<OpFamily>(digit / 3), kKernels[static_cast<std::size_t>(digit % 3)]};
}

int OpKind::digit() const {
  const int kernel_index = kernel == 3 ? 0 : kernel == 1 ? 1 : 2;
  return 3 * static_cast<int>(family) + kernel_index;
}

Result<DpnEdges> ParseDpnEdges(std::string_view digits) {
  DpnEdges edges;
  bool ok = digits.size() == edges.size();
  for (std::size_t i = 0; ok && i < edges.size(); ++i) {
    ok = digits[i] >= '0' && digits[i] <= '8';
    if (ok) edges[i] = OpKind::FromDigit(digits[i] - '0');
  }
  if (!ok) {
    return Invalid("\"" + std::string(digits) +
                   "\" names no DPN architecture: give three digits from 0 to 8, such as 301");
  }
  return edges;
}

std::string DpnEdgesName(const DpnEdges& edges) {
  std::string name;
  for (const OpKind& op : edges) name += static_cast<char>('0' + op.digit());
  return name;
}

DpnOptions DpnOptions::Small(int channels) {
  DpnOptions options;
  options.in_channels = channels;
  options.init_features = 16;
  options.base_width = 32;
  options.k_r = 32;
  options.groups = 8;
  options.increments = {4, 8, 8, 16};
  options.embedding = 128;
  return options;
}

Status DpnOptions::Check() const {
  const bool positive = in_channels > 0 && init_features > 0 && stem_kernel > 0 &&
                        stem_stride > 0 && pool_stride > 0 && base_width > 0 && k_r > 0 &&
                        groups > 0 && embedding > 0 && batch_norm_eps > 0 &&
                        batch_norm_momentum >= 0 && batch_norm_momentum <= 1;
  if (!positive) return Invalid("a DPN needs positive widths, strides, groups and batch-norm eps");
  if (stem_kernel % 2 == 0) return Invalid("the kernel of the DPN's stem must be odd");
  for (const DpnStage& stage : Stages()) {
    if (stage.increment <= 0) return Invalid("every dense increment of a DPN must be positive");
    if (stage.bottleneck % groups != 0) {
      return Invalid("the DPN's " + std::to_string(groups) + " groups must divide every " +
                     "bottleneck width, and " + std::to_string(stage.bottleneck) + " is one");
    }
  }
  return Ok{};
}

std::array<DpnStage, kDpnStages> DpnOptions::Stages() const {
  std::array<DpnStage, kDpnStages> stages;
  int in = init_features;
  for (int i = 0; i < kDpnStages; ++i) {
    DpnStage& stage = stages[static_cast<std::size_t>(i)];
    stage.in = in;
    stage.residual = base_width << i;
    stage.bottleneck = k_r << i;
    stage.increment = increments[static_cast<std::size_t>(i)];
    stage.stride = i == 0 ? 1 : 2;
    in = stage.out();
  }
  return stages;
}

std::int64_t CountCellParameters(const DpnStage& stage, int groups, const DpnEdges& edges) {
  std::int64_t count = 2 * stage.in + ShortcutWeights(stage);
  for (const Edge& edge : EdgesOf(stage, groups, edges)) {
    count += ConvolutionWeights(edge.in, edge.out, edge.op.kernel, edge.groups);
    if (edge.op.family == OpFamily::kPreActivation) count += 2 * edge.in;
    if (edge.op.family == OpFamily::kPostActivation) count += 2 * edge.out;
  }
  return count;
}

std::int64_t CountParameters(const DpnOptions& options, const DpnEdges& edges) {
  std::int64_t count =
      ConvolutionWeights(options.in_channels, options.init_features, options.stem_kernel, 1) +
      2 * options.init_features;
  const auto stages = options.Stages();
  for (const DpnStage& stage : stages) count += CountCellParameters(stage, options.groups, edges);
  const int out = stages.back().out();
  return count + 2 * out + static_cast<std::int64_t>(out + 1) * options.embedding;
}

std::array<int, kDpnStages + 1> StageSizes(const DpnOptions& options, int image_size) {
  std::array<int, kDpnStages + 1> sizes;
  int size = Strided(Strided(image_size, options.stem_stride), options.pool_stride);
  sizes[0] = size;
  const auto stages = options.Stages();
  for (std::size_t i = 0; i < stages.size(); ++i) {
    size = Strided(size, stages[i].stride);
    sizes[i + 1] = size;
  }
  return sizes;
}

double CountGmacs(const DpnOptions& options, const DpnEdges& edges, int image_size) {
  const auto square = [](std::int64_t size) { return size * size; };
  std::int64_t macs =
      ConvolutionWeights(options.in_channels, options.init_features, options.stem_kernel, 1) *
      square(Strided(image_size, options.stem_stride));
  const auto stages = options.Stages();
  const auto sizes = StageSizes(options, image_size);
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const DpnStage& stage = stages[i];
    const std::int64_t before = square(sizes[i]);
    const std::int64_t after = square(sizes[i + 1]);
    macs += ShortcutWeights(stage) * after;
    const auto cell = EdgesOf(stage, options.groups, edges);
    for (std::size_t e = 0; e < cell.size(); ++e) {
      // The first edge runs before the stride of the second.
      macs += ConvolutionWeights(cell[e].in, cell[e].out, cell[e].op.kernel, cell[e].groups) *
              (e == 0 ? before : after);
    }
  }
  macs += static_cast<std::int64_t>(stages.back().out()) * options.embedding;
  return static_cast<double>(macs) / 1e9;
}

}  // namespace faretto
