#include "scheduler/fidelity/registry.h"

#include <array>

#include "scheduler/fidelity/asha_policy.h"
#include "scheduler/fidelity/full_policy.h"
#include "scheduler/fidelity/hyperband_policy.h"

namespace faretto {
namespace {

struct Entry {
  std::string_view name;
  std::unique_ptr<FidelityPolicy> (*make)();
};

template <class T>
std::unique_ptr<FidelityPolicy> Make() {
  return std::make_unique<T>();
}

constexpr std::array kPolicies = {
    Entry{"full", &Make<FullPolicy>},
    Entry{"asha", &Make<AshaPolicy>},
    Entry{"hyperband", &Make<HyperbandPolicy>},
};

}  // namespace

std::vector<std::string> FidelityNames() {
  std::vector<std::string> names;
  for (const Entry& entry : kPolicies) names.emplace_back(entry.name);
  return names;
}

std::unique_ptr<FidelityPolicy> MakeFidelityPolicy(std::string_view name) {
  for (const Entry& entry : kPolicies)
    if (entry.name == name) return entry.make();
  return nullptr;
}

}  // namespace faretto
