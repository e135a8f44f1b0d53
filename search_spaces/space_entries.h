// The entries of a "space" object, preset and overrides brought together, before they are read.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "search_spaces/parameter.h"

namespace faretto {

struct SpaceEntry {
  Json json;
  std::string path;  // where it stands, for errors
  bool from_preset = false;
};

struct SpaceEntries {
  std::vector<SpaceEntry> parameters;
  std::vector<SpaceEntry> conditions;
  std::vector<SpaceEntry> forbidden;
};

// Parameters of the file replace the preset's of the same name, others follow behind. A condition
// of the file on a preset's parameter takes the place of the preset's conditions on it.
Result<SpaceEntries> CollectEntries(const Json& space);

// After an override a preset's condition may name values that its parent no longer takes: they are
// dropped, and with them preset parameters that can never be active now. Error: such a parameter
// stands in the file itself. `parameters` belong to `entries.parameters` one by one.
Status AdaptPreset(SpaceEntries& entries, std::vector<Parameter>& parameters);

// A list of values, or one value for a list of one.
std::vector<Json> ValueList(const Json& json);

}  // namespace faretto
