#include "trainers/face_options.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/names.h"
#include "trainers/heads/margin_head.h"
#include "trainers/optimizers/optimizer.h"

namespace faretto {
namespace {

Error WrongValue(const std::string& where, const std::string& allowed, const Json& value) {
  return Invalid(where + " must be " + allowed + ", found " + DumpJson(value).substr(0, 80));
}

Status SetInt(const std::string& where, const Json& value, int low, int high, int& target) {
  const std::string range =
      "a whole number from " + std::to_string(low) + " to " + std::to_string(high);
  if (!value.is_number() || value < low || value > high ||
      value.get<double>() != std::floor(value.get<double>())) {
    return WrongValue(where, range, value);
  }
  target = static_cast<int>(value.get<double>());
  return Ok{};
}

template <class Target>
Status SetNumber(const std::string& where, const Json& value, bool zero_too, Target& target) {
  if (!value.is_number() || !std::isfinite(value.get<double>()) || value.get<double>() < 0 ||
      (!zero_too && value.get<double>() == 0)) {
    return WrongValue(where, zero_too ? "a number, at least 0" : "a number above 0", value);
  }
  target = value.get<double>();
  return Ok{};
}

Status SetName(const std::string& where, const Json& value, const std::vector<std::string>& known,
               std::string& target) {
  if (!value.is_string()) return WrongValue(where, "text", value);
  const std::string name = value;
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    return Invalid(where + " \"" + name.substr(0, 80) + "\" is unknown" + NameHint(name, known));
  }
  target = name;
  return Ok{};
}

// "0".."8", or the number itself.
Status SetDigit(const std::string& where, const Json& value, char& target) {
  const std::string digit = value.is_string() ? value.get<std::string>() : DumpJson(value);
  if (digit.size() != 1 || digit[0] < '0' || digit[0] > '8') {
    return WrongValue(where, "a digit from 0 to 8", value);
  }
  target = digit[0];
  return Ok{};
}

const std::vector<std::string>& SearchedNames() {
  static const std::vector<std::string> names = {"edge1",     "edge2",       "edge3",  "head",
                                                 "optimizer", "lr_adam",     "lr_sgd", "lr",
                                                 "batch",     "weight_decay"};
  return names;
}

// `key` is one of SearchedNames().
Status SetSearched(const std::string& where, const std::string& key, const Json& value,
                   FaceOptions& options) {
  if (key == "edge1") return SetDigit(where, value, options.edges[0]);
  if (key == "edge2") return SetDigit(where, value, options.edges[1]);
  if (key == "edge3") return SetDigit(where, value, options.edges[2]);
  if (key == "head") return SetName(where, value, HeadNames(), options.head);
  if (key == "optimizer") return SetName(where, value, OptimizerNames(), options.optimizer);
  if (key == "lr_adam") return SetNumber(where, value, false, options.lr_adam);
  if (key == "lr_sgd") return SetNumber(where, value, false, options.lr_sgd);
  if (key == "lr") return SetNumber(where, value, false, options.lr);
  if (key == "batch") return SetInt(where, value, 2, 1'000'000, options.batch);
  return SetNumber(where, value, true, options.weight_decay);
}

Status SetFixed(const std::string& where, const std::string& key, const Json& value,
                FaceOptions& options) {
  if (key == "network") return SetName(where, value, {"dpn_small", "dpn"}, options.network);
  if (key == "image_size") return SetInt(where, value, 32, 1024, options.image_size);
  if (key == "warmup_epochs") return SetInt(where, value, 0, 1'000'000, options.warmup_epochs);
  if (key == "threads") return SetInt(where, value, 1, 1024, options.threads);
  if (key == "channels") {
    FARETTO_RETURN_IF_ERROR(SetInt(where, value, 1, 3, options.channels));
    if (options.channels == 2) return WrongValue(where, "1 (grey) or 3 (colour)", value);
    return Ok{};
  }
  if (key == "group") {
    if (!value.is_string()) return WrongValue(where, "the name of an attribute column", value);
    options.group = value;
    return Ok{};
  }
  if (!value.is_object()) return WrongValue(where, "an object", value);
  options.dataset = value;
  return Ok{};
}

}  // namespace

Json FaceOptions::ToJson() const {
  return {{"network", network},
          {"edges", edges},
          {"image_size", image_size},
          {"channels", channels},
          {"head", head},
          {"optimizer", optimizer},
          {"learning_rate", learning_rate()},
          {"batch", batch},
          {"weight_decay", weight_decay},
          {"warmup_epochs", warmup_epochs}};
}

Result<FaceOptions> ParseFaceOptions(const Json& trainer) {
  const std::vector<std::string> known = {"type",       "dataset",     "group",         "network",
                                          "image_size", "channels",    "warmup_epochs", "threads",
                                          "batch",      "weight_decay"};
  FaceOptions options;
  for (const auto& [key, value] : trainer.items()) {
    const std::string where = "trainer." + key;
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return Invalid(where + " is unknown" + NameHint(key, known));
    }
    if (key == "batch" || key == "weight_decay") {
      FARETTO_RETURN_IF_ERROR(SetSearched(where, key, value, options));
    } else if (key != "type") {
      FARETTO_RETURN_IF_ERROR(SetFixed(where, key, value, options));
    }
  }
  if (options.dataset.is_null()) return Invalid("trainer.dataset is missing; name a data set");
  return options;
}

Result<FaceOptions> WithParameters(FaceOptions options, const Json& params) {
  const std::vector<std::string>& searched = SearchedNames();
  for (const auto& [key, value] : params.items()) {
    if (std::find(searched.begin(), searched.end(), key) == searched.end()) {
      return Invalid("the trainer face_identification has no parameter \"" + key + "\"" +
                     NameHint(key, searched));
    }
    FARETTO_RETURN_IF_ERROR(SetSearched("the parameter " + key, key, value, options));
  }
  return options;
}

}  // namespace faretto
