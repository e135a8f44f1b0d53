// An order of the parameters in which every parent comes before its children.
#pragma once

#include <vector>

#include "base/result.h"
#include "search_spaces/space.h"

namespace faretto {

// Among the possible orders the one nearest to the file's. Error (kInvalid): a cycle, named.
Result<std::vector<std::size_t>> ParentsFirst(const std::vector<Parameter>& parameters,
                                              const std::vector<Condition>& conditions);

}  // namespace faretto
