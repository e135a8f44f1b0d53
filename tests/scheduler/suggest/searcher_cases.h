// Searchers as test parameters: the registry's names, "bo_rf" for "bo" with its other surrogate,
// and "unnamed" for a study that chooses by itself.
#pragma once

#include <string>

#include "base/json.h"

namespace faretto {

inline constexpr const char* kForest = "bo_rf";
inline constexpr const char* kUnnamed = "unnamed";

// The members of "algorithm" that choose the searcher.
inline Json SearcherSettings(const std::string& name) {
  if (name == kForest) return {{"searcher", "bo"}, {"surrogate", "rf"}};
  if (name == kUnnamed) return Json::object();
  return {{"searcher", name}};
}

}  // namespace faretto
