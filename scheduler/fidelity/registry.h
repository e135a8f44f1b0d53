// The fidelity policies there are, by the name that a study file gives in algorithm.fidelity.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scheduler/fidelity/policy.h"

namespace faretto {

// In the order in which they are listed to people.
std::vector<std::string> FidelityNames();

// nullptr for an unknown name.
std::unique_ptr<FidelityPolicy> MakeFidelityPolicy(std::string_view name);

}  // namespace faretto
