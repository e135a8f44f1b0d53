// Searchers as test parameters: the registry's names, and "bo_rf" for "bo" with its other
// surrogate.
#pragma once

#include <string>

#include "base/json.h"

namespace faretto {

inline constexpr const char* kForest = "bo_rf";

// The members of "algorithm" that choose the searcher.
inline Json SearcherSettings(const std::string& name) {
  if (name == kForest) return {{"searcher", "bo"}, {"surrogate", "rf"}};
  return {{"searcher", name}};
}

}  // namespace faretto
