// The identity of a configuration as text: {"edge1":"2","lr_sgd":0.1}, parameters by name.
#include <algorithm>
#include <cstdint>
#include <numeric>

#include "search_spaces/number_text.h"
#include "search_spaces/space.h"

namespace faretto {
namespace {

std::string ChoiceText(const Json& choice) {
  return choice.is_number() ? ExactText(choice.get<double>()) : DumpJson(choice);
}

}  // namespace

void Space::PrepareKeys() {
  key_order_.resize(size());
  std::iota(key_order_.begin(), key_order_.end(), std::size_t{0});
  std::sort(key_order_.begin(), key_order_.end(), [this](std::size_t a, std::size_t b) {
    return parameters_[a].name < parameters_[b].name;
  });
  for (const Parameter& parameter : parameters_) {
    key_names_.push_back(DumpJson(parameter.name) + ":");
    std::vector<std::string> texts;
    for (const Json& choice : parameter.choices) texts.push_back(ChoiceText(choice));
    key_choices_.push_back(std::move(texts));
  }
}

std::string Space::CanonicalKey(const Configuration& c) const {
  std::string key = "{";
  key.reserve(24 * size());
  for (std::size_t i : key_order_) {
    if (!c.active(i)) continue;
    if (key.size() > 1) key += ',';
    key += key_names_[i];
    if (parameters_[i].has_choices()) {
      key += key_choices_[i][static_cast<std::size_t>(c.values[i])];
    } else if (parameters_[i].type == ParameterType::kInt) {
      key += std::to_string(static_cast<std::int64_t>(c.values[i]));
    } else {
      AppendRounded(c.values[i], key);
    }
  }
  key += '}';
  return key;
}

}  // namespace faretto
