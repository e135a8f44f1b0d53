#include "search_spaces/space_entries.h"

#include <algorithm>
#include <unordered_map>

#include "base/names.h"
#include "search_spaces/json_path.h"
#include "search_spaces/presets.h"

namespace faretto {
namespace {

constexpr std::size_t kMaxParameters = 2000;  // a convention: bounds the time of every check

// The text under `key`, empty if there is none: entries are compared before they are checked.
std::string TextOf(const Json& json, const char* key) {
  if (!json.is_object()) return "";
  const auto member = json.find(key);
  return member != json.end() && member->is_string() ? member->get<std::string>() : "";
}

Result<std::vector<SpaceEntry>> List(const Json& space, const char* key, const std::string& prefix,
                                     bool from_preset) {
  std::vector<SpaceEntry> entries;
  const auto list = space.find(key);
  if (list == space.end()) return entries;
  const std::string path = prefix + key;
  if (!list->is_array()) return ErrorAt(path, "expected a list, found " + Found(*list));
  for (std::size_t i = 0; i < list->size(); ++i)
    entries.push_back({(*list)[i], JoinPath(path, i), from_preset});
  return entries;
}

Result<SpaceEntries> ReadLists(const Json& space, const std::string& prefix, bool from_preset) {
  SpaceEntries entries;
  FARETTO_ASSIGN_OR_RETURN(entries.parameters, List(space, "parameters", prefix, from_preset));
  FARETTO_ASSIGN_OR_RETURN(entries.conditions, List(space, "conditions", prefix, from_preset));
  FARETTO_ASSIGN_OR_RETURN(entries.forbidden, List(space, "forbidden", prefix, from_preset));
  return entries;
}

Result<SpaceEntries> ReadPreset(const Json& space) {
  const auto preset = space.find("preset");
  if (preset == space.end()) return SpaceEntries{};
  if (!preset->is_string())
    return ErrorAt("preset", "expected the name of a preset, found " + Found(*preset));
  const auto name = preset->get<std::string>();
  const auto content = PresetSpace(name);
  if (!content)
    return ErrorAt("preset", "unknown preset " + Shown(*preset) + NameHint(name, PresetNames()));
  return ReadLists(*content, "preset " + name + ": ", true);
}

void Override(SpaceEntries& preset, SpaceEntries file) {
  std::unordered_map<std::string, std::size_t> place;
  for (std::size_t i = 0; i < preset.parameters.size(); ++i)
    place[TextOf(preset.parameters[i].json, "name")] = i;
  for (SpaceEntry& entry : file.parameters) {
    const auto old = place.find(TextOf(entry.json, "name"));
    if (old == place.end() || !preset.parameters[old->second].from_preset) {
      preset.parameters.push_back(std::move(entry));
    } else {
      preset.parameters[old->second] = std::move(entry);
    }
  }
  std::erase_if(preset.conditions, [&](const SpaceEntry& old) {
    const std::string child = TextOf(old.json, "parameter");
    return std::any_of(file.conditions.begin(), file.conditions.end(), [&](const SpaceEntry& own) {
      return TextOf(own.json, "parameter") == child;
    });
  });
  std::move(file.conditions.begin(), file.conditions.end(), std::back_inserter(preset.conditions));
  std::move(file.forbidden.begin(), file.forbidden.end(), std::back_inserter(preset.forbidden));
}

const Parameter* FindByName(const std::vector<Parameter>& parameters, const std::string& name) {
  for (const Parameter& parameter : parameters)
    if (parameter.name == name) return &parameter;
  return nullptr;
}

// The first parent of which no named value is left; empty if every parent still has one.
std::string DropLostValues(Json& condition, const std::vector<Parameter>& parameters) {
  for (auto& [parent, values] : condition["active_when"].items()) {
    const Parameter* parameter = FindByName(parameters, parent);
    Json kept = Json::array();
    for (const Json& value : ValueList(values))
      if (parameter != nullptr && parameter->FromJson(value).ok()) kept.push_back(value);
    values = kept;
    if (kept.empty()) return parent;
  }
  return "";
}

}  // namespace

std::vector<Json> ValueList(const Json& json) {
  if (!json.is_array()) return {json};
  return {json.begin(), json.end()};
}

Result<SpaceEntries> CollectEntries(const Json& space) {
  FARETTO_RETURN_IF_ERROR(
      CheckObject(space, "", {"preset", "parameters", "conditions", "forbidden"}));
  FARETTO_ASSIGN_OR_RETURN(SpaceEntries entries, ReadPreset(space));
  FARETTO_ASSIGN_OR_RETURN(SpaceEntries file, ReadLists(space, "", false));
  Override(entries, std::move(file));
  if (entries.parameters.empty())
    return ErrorAt("parameters", "there are no parameters; give at least one, or a preset");
  if (entries.parameters.size() > kMaxParameters)
    return ErrorAt("parameters", "at most " + std::to_string(kMaxParameters) +
                                     " parameters are allowed, found " +
                                     std::to_string(entries.parameters.size()));
  return entries;
}

Status AdaptPreset(SpaceEntries& entries, std::vector<Parameter>& parameters) {
  for (std::size_t c = 0; c < entries.conditions.size();) {
    SpaceEntry& condition = entries.conditions[c];
    if (!condition.from_preset) {
      ++c;
      continue;
    }
    const std::string parent = DropLostValues(condition.json, parameters);
    if (parent.empty()) {
      ++c;
      continue;
    }
    const std::string child = TextOf(condition.json, "parameter");
    entries.conditions.erase(entries.conditions.begin() + static_cast<std::ptrdiff_t>(c));
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (parameters[i].name != child) continue;
      if (!entries.parameters[i].from_preset)
        return ErrorAt(entries.parameters[i].path,
                       Shown(child) +
                           " can never be active, because the preset ties it to values "
                           "of " +
                           Shown(parent) +
                           " that are overridden; remove it, or give it a "
                           "condition of its own");
      parameters.erase(parameters.begin() + static_cast<std::ptrdiff_t>(i));
      entries.parameters.erase(entries.parameters.begin() + static_cast<std::ptrdiff_t>(i));
      c = 0;  // conditions on the parameter that went may have lost their last value
      break;
    }
  }
  return Ok{};
}

}  // namespace faretto
