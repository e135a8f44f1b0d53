// The options of the trainer `face_identification`, set by the study file and by a configuration.
//
//   {"type": "face_identification", "dataset": {"type": "image_list", "csv": PATH},
//    "group": "glasses", "network": "dpn_small", "image_size": 64, "channels": 1, "batch": 16,
//    "weight_decay": 1e-4, "warmup_epochs": 3, "threads": 1}
//
// Only `dataset` has no default. A configuration sets edge1, edge2, edge3, head, optimizer,
// lr_adam, lr_sgd, lr, and overrides batch and weight_decay.
#pragma once

#include <optional>
#include <string>

#include "base/json.h"
#include "base/result.h"

namespace faretto {

struct FaceOptions {
  Json dataset;
  std::string group;                  // attribute column; empty: no disparities
  std::string network = "dpn_small";  // or "dpn", the published width
  int image_size = 64;                // side of the network's square input
  int channels = 1;                   // 1: grey; 3: colour
  int batch = 16;
  double weight_decay = 1e-4;
  int warmup_epochs = 3;
  int threads = 1;            // of LibTorch; only 1 is bit-reproducible on every machine
  std::string edges = "201";  // operation digits of the three searched edges
  std::string head = "CosFace";
  std::string optimizer = "Adam";
  std::optional<double> lr;  // for any optimizer; comes before the two below
  double lr_adam = 1e-3;     // Adam and AdamW
  double lr_sgd = 0.1;

  double learning_rate() const { return lr ? *lr : optimizer == "SGD" ? lr_sgd : lr_adam; }
  // Everything that the course of a training depends on, but for seed and data.
  Json ToJson() const;
};

// kInvalid, naming the key: an unknown one (with the nearest known), a wrong type, a value out of
// range, an unknown head, optimizer or network.
Result<FaceOptions> ParseFaceOptions(const Json& trainer);

// The options with the values of a configuration on top. kInvalid as above; a parameter that the
// trainer does not know is an error, because searching it would have no effect.
Result<FaceOptions> WithParameters(FaceOptions options, const Json& params);

}  // namespace faretto
