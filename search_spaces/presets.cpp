#include "search_spaces/presets.h"

#include "search_spaces/dpn_space.h"

namespace faretto {
namespace {

struct Preset {
  const char* name;
  Json (*make)();
};

// The registry: a new preset is one line here.
constexpr Preset kPresets[] = {
    {"dpn", DpnSpace},
};

}  // namespace

std::optional<Json> PresetSpace(std::string_view name) {
  for (const Preset& preset : kPresets)
    if (preset.name == name) return preset.make();
  return std::nullopt;
}

std::vector<std::string> PresetNames() {
  std::vector<std::string> names;
  for (const Preset& preset : kPresets) names.emplace_back(preset.name);
  return names;
}

}  // namespace faretto
