// The searchers there are, by the name that a study file gives in algorithm.searcher.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/searchers/searcher.h"

namespace faretto {

// In the order in which they are listed to people.
std::vector<std::string> SearcherNames();

// nullptr for an unknown name.
std::unique_ptr<Searcher> MakeSearcher(std::string_view name);

}  // namespace faretto
