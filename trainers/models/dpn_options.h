// The searched dual-path network as numbers: its operations, constants and sizes, without LibTorch.
//
// A network is named by three digits d1 d2 d3, one operation for each edge of a cell; all four
// stages share them, hence 9^3 = 729 architectures. Source: Dooley et al., "Rethinking Bias
// Mitigation: Fairer Architectures Make for Fairer Face Recognition", NeurIPS 2023
// (arXiv 2210.09943); the fixed parts are those of DPN-107 (Chen et al., "Dual Path Networks",
// NIPS 2017).
//
//   FARETTO_ASSIGN_OR_RETURN(DpnEdges edges, ParseDpnEdges("301"));
//   std::int64_t parameters = CountParameters(DpnOptions::Full(), edges);  // 35,523,264
//
// Thread safety: pure functions and values.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace faretto {

// Where batch-norm and ReLU stand around the convolution of an edge.
enum class OpFamily {
  kPreActivation,   // digits 0-2: BN -> ReLU -> Conv
  kBare,            // digits 3-5: Conv
  kPostActivation,  // digits 6-8: Conv -> BN -> ReLU
};

struct OpKind {
  OpFamily family = OpFamily::kPreActivation;
  int kernel = 3;

  // digit in 0..8; family = digit / 3, kernel = {3, 1, 5}[digit % 3].
  static OpKind FromDigit(int digit);
  int digit() const;
  bool operator==(const OpKind&) const = default;
};

using DpnEdges = std::array<OpKind, 3>;

// "301" -> three operations. kInvalid for anything but three digits 0-8.
Result<DpnEdges> ParseDpnEdges(std::string_view digits);
std::string DpnEdgesName(const DpnEdges& edges);

constexpr int kDpnStages = 4;

// Widths of one cell. Channels in: in; out: residual + 3 * increment.
struct DpnStage {
  int in = 0;
  int bottleneck = 0;  // r, the width of the grouped convolution
  int residual = 0;    // bw
  int increment = 0;   // inc, dense channels
  int stride = 1;

  int out() const { return residual + 3 * increment; }
};

struct DpnOptions {
  int in_channels = 3;
  int init_features = 128;  // channels after the stem
  int stem_kernel = 7;      // odd
  int stem_stride = 2;
  int pool_stride = 2;   // of the 3x3 max-pool behind the stem
  int base_width = 256;  // residual width of the first stage; doubles with every stage
  int k_r = 200;         // bottleneck width of the first stage; grows like the residual width
  int groups = 50;       // of the second edge, in every stage
  std::array<int, kDpnStages> increments = {20, 64, 64, 128};
  int embedding = 1000;  // outputs; nothing normalises them inside the network
  double batch_norm_eps = 1e-3;
  double batch_norm_momentum = 0.1;

  // As published (224 or 112 pixels).
  static DpnOptions Full() { return {}; }
  // The same structure, narrower, for 64-pixel images of `channels` (1 grey, 3 RGB). An epoch of
  // 160 images (forward, backward, AdamW step, batch 16) takes about 0.9 s on one core for the
  // slowest architectures (222, 828), 0.45 s for 201, and 0.2 s for the fastest (444).
  static DpnOptions Small(int channels = 1);

  // kInvalid unless everything is positive, the stem kernel odd, and `groups` divides every
  // bottleneck width.
  Status Check() const;
  std::array<DpnStage, kDpnStages> Stages() const;
};

// Trainable numbers of the backbone (batch-norm weight and bias counted, running statistics not).
std::int64_t CountParameters(const DpnOptions& options, const DpnEdges& edges);
// The same for one cell.
std::int64_t CountCellParameters(const DpnStage& stage, int groups, const DpnEdges& edges);

// Side lengths after the max-pool and after the four cells for square images of `image_size`.
std::array<int, kDpnStages + 1> StageSizes(const DpnOptions& options, int image_size);

// Multiply-accumulates of one forward pass of one image, convolutions only, in 1e9.
double CountGmacs(const DpnOptions& options, const DpnEdges& edges, int image_size);

}  // namespace faretto
