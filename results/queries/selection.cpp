// Filters and sort keys applied to a study's rows.
#include <algorithm>
#include <utility>

#include "base/names.h"
#include "results/queries/filter.h"

namespace faretto {
namespace {

struct SortKey {
  std::string name;
  bool descending = false;
};

Result<std::vector<SortKey>> ParseKeys(std::string_view text) {
  std::vector<SortKey> keys;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    SortKey key{std::string(text.substr(begin, end - begin)), false};
    for (const auto& [suffix, descending] : {std::pair(":desc", true), std::pair(":asc", false)}) {
      if (!key.name.ends_with(suffix)) continue;
      key.name.resize(key.name.size() - std::string_view(suffix).size());
      key.descending = descending;
      break;
    }
    if (key.name.empty())
      return Invalid("--sort has an empty name; write for example error or error:desc");
    keys.push_back(std::move(key));
    begin = end + 1;
  }
  return keys;
}

FieldValue ValueOf(const TrialRow& row, const std::string& name) {
  const std::vector<std::string>& facts = FactNames();
  if (std::find(facts.begin(), facts.end(), name) != facts.end()) return FactOf(row, name);
  return row.values.contains(name) ? MetricOf(row, name) : ParamOf(row, name);
}

// Negative: a before b.
int Order(const SortKey& key, const TrialRow& a, const TrialRow& b) {
  const auto x = ValueOf(a, key.name);
  const auto y = ValueOf(b, key.name);
  const bool has_x = x.index() != 0, has_y = y.index() != 0;
  if (!has_x || !has_y) return static_cast<int>(has_y) - static_cast<int>(has_x);
  if (x == y) return 0;
  return (x < y) != key.descending ? -1 : 1;
}

}  // namespace

FieldNames FieldNamesOf(const StudyView& study) {
  FieldNames names;
  names.metrics = MetricNames(study);
  for (const Parameter& parameter : study.spec.space.parameters()) {
    names.params.push_back(parameter.name);
  }
  return names;
}

Status ApplyFilter(std::string_view text, const StudyView& study, std::vector<TrialRow>& rows) {
  if (text.empty()) return Ok{};
  FARETTO_ASSIGN_OR_RETURN(const Filter filter, Filter::Parse(text, FieldNamesOf(study)));
  std::erase_if(rows, [&](const TrialRow& row) { return !filter.Matches(row); });
  return Ok{};
}

Status ApplySort(std::string_view keys, const StudyView& study, std::vector<TrialRow>& rows) {
  if (keys.empty()) return Ok{};
  FARETTO_ASSIGN_OR_RETURN(const std::vector<SortKey> parsed, ParseKeys(keys));
  const FieldNames names = FieldNamesOf(study);
  std::vector<std::string> known = FactNames();
  known.insert(known.end(), names.metrics.begin(), names.metrics.end());
  known.insert(known.end(), names.params.begin(), names.params.end());
  for (const SortKey& key : parsed) {
    if (std::find(known.begin(), known.end(), key.name) != known.end()) continue;
    const bool direction = key.name.find(':') != std::string::npos;
    return Invalid("--sort: unknown name \"" + key.name + "\"" +
                   (direction ? "; a direction is :asc or :desc" : NameHint(key.name, known)));
  }
  std::stable_sort(rows.begin(), rows.end(), [&](const TrialRow& a, const TrialRow& b) {
    for (const SortKey& key : parsed) {
      const int order = Order(key, a, b);
      if (order != 0) return order < 0;
    }
    return false;
  });
  return Ok{};
}

}  // namespace faretto
