// Configurations that differ from another one in a single parameter. Thread safety: pure functions.
#pragma once

#include <functional>

#include "base/random.h"
#include "search_spaces/space.h"

namespace faretto {

// Calls `visit` with allowed configurations that differ from `centre` in one parameter, and in
// those that it makes active: every other value of a parameter with few values, else its
// neighbouring values and draws around the present one at several distances.
void VisitNeighbours(const Space& space, const Configuration& centre, RandomStream& random,
                     const std::function<void(Configuration)>& visit);

}  // namespace faretto
