#include "search_spaces/dpn_space.h"

namespace faretto {
namespace {

// One of the nine operations of a cell's edge: family = digit / 3 (pre-activation, bare,
// post-activation), kernel = {3, 1, 5}[digit % 3].
Json Edge(const char* name, const char* digit) {
  return {{"name", name},
          {"type", "categorical"},
          {"choices", {"0", "1", "2", "3", "4", "5", "6", "7", "8"}},
          {"default", digit}};
}

Json Categorical(const char* name, Json choices, const char* value) {
  return {{"name", name}, {"type", "categorical"}, {"choices", choices}, {"default", value}};
}

Json LearningRate(const char* name, double low, double high, double value) {
  return {{"name", name}, {"type", "float"}, {"low", low},
          {"high", high}, {"log", true},     {"default", value}};
}

Json ActiveWhenOptimizer(const char* parameter, Json optimizers) {
  return {{"parameter", parameter}, {"active_when", {{"optimizer", optimizers}}}};
}

}  // namespace

Json DpnSpace() {
  Json space = Json::object();
  space["parameters"] = Json::array({
      Edge("edge1", "2"),
      Edge("edge2", "0"),
      Edge("edge3", "1"),
      Categorical("head", Json::array({"CosFace", "ArcFace", "MagFace"}), "CosFace"),
      Categorical("optimizer", Json::array({"Adam", "AdamW", "SGD"}), "Adam"),
      LearningRate("lr_adam", 1e-5, 1e-2, 1e-3),
      LearningRate("lr_sgd", 0.09, 0.8, 0.1),
  });
  space["conditions"] = Json::array({
      ActiveWhenOptimizer("lr_adam", Json::array({"Adam", "AdamW"})),
      ActiveWhenOptimizer("lr_sgd", Json::array({"SGD"})),
  });
  return space;
}

}  // namespace faretto
