#include <algorithm>
#include <cstdio>

#include "base/number_text.h"
#include "results/queries/importance.h"

namespace faretto {
namespace {

bool IsFront(const TargetImportance& target) { return target.name.empty(); }
std::string TargetName(const TargetImportance& target) {
  return IsFront(target) ? "front" : target.name;
}

std::string ShareText(const std::optional<double>& importance) {
  if (!importance) return "-";
  char text[16];
  std::snprintf(text, sizeof(text), "%.2f", *importance);
  return text;
}

// A row for each parameter, the most important one for the last target first.
Table ImportanceTable(const Importance& importance) {
  Table table;
  table.columns.push_back({"parameter", false});
  for (const TargetImportance& target : importance.targets)
    table.columns.push_back({TargetName(target), true});
  table.columns.push_back({"trials", true});
  const std::vector<ParameterImportance>& last = importance.targets.back().parameters;
  std::vector<std::size_t> order(last.size());
  for (std::size_t k = 0; k < order.size(); ++k) order[k] = k;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return last[a].importance.value_or(-1) > last[b].importance.value_or(-1);
  });
  for (const std::size_t k : order) {
    std::vector<std::string>& row = table.rows.emplace_back();
    row.push_back(last[k].parameter);
    for (const TargetImportance& target : importance.targets)
      row.push_back(ShareText(target.parameters[k].importance));
    row.push_back(std::to_string(last[k].trials));
  }
  return table;
}

Table ImportanceRecords(const Importance& importance) {
  Table table;
  for (const char* name : {"target", "kind", "parameter", "importance", "divergence", "typical",
                           "chance", "trials", "best"})
    table.columns.push_back({name});
  for (const TargetImportance& target : importance.targets)
    for (const ParameterImportance& own : target.parameters)
      table.rows.push_back({TargetName(target), IsFront(target) ? "front" : "objective",
                            own.parameter, own.importance ? NumberText(*own.importance) : "",
                            NumberText(own.divergence.value), NumberText(own.divergence.typical),
                            NumberText(own.divergence.chance), std::to_string(own.trials),
                            std::to_string(own.best)});
  return table;
}

Json ImportanceJson(const Importance& importance) {
  Json json = {{"resource", importance.resource},
               {"trials", importance.trials},
               {"failed", importance.failed},
               {"method", "ped-anova"},
               {"targets", Json::array()}};
  for (const TargetImportance& target : importance.targets) {
    Json parameters = Json::array();
    for (const ParameterImportance& own : target.parameters)
      parameters.push_back({{"name", own.parameter},
                            {"importance", own.importance ? Json(*own.importance) : Json()},
                            {"divergence", own.divergence.value},
                            {"typical", own.divergence.typical},
                            {"chance", own.divergence.chance},
                            {"trials", own.trials},
                            {"best", own.best}});
    json["targets"].push_back({{"name", TargetName(target)},
                               {"kind", IsFront(target) ? "front" : "objective"},
                               {"parameters", std::move(parameters)}});
  }
  return json;
}

std::string Notes(const StudyView& study, const Importance& importance) {
  std::string notes = "\n" + std::to_string(importance.trials) + " trials at resource " +
                      std::to_string(importance.resource);
  if (importance.failed > 0)
    notes += " (" + std::to_string(importance.failed) + " failed ones left out)";
  notes += ". Shares of what sets the best tenth apart (PED-ANOVA); 0.00: no more than chance.\n";
  const std::vector<ParameterImportance>& last = importance.targets.back().parameters;
  const bool found = std::any_of(last.begin(), last.end(), [](const ParameterImportance& own) {
    return own.importance.value_or(0) > 0;
  });
  if (!found)
    notes += "Nothing sets the best apart for the " + TargetName(importance.targets.back()) +
             ", which does not mean that nothing matters: a search soon tries few values of what "
             "does.\n";
  std::string conditional;
  for (const ParameterImportance& own : last)
    for (const Condition& condition : study.spec.space.conditions())
      if (study.spec.space.parameters()[condition.parameter].name == own.parameter) {
        conditional += (conditional.empty() ? "" : ", ") + own.parameter;
        break;
      }
  if (!conditional.empty())
    notes += "Judged only among the trials in which they are active: " + conditional + ".\n";
  return notes;
}

}  // namespace

Document ImportanceDocument(const StudyView& study, const Importance& importance) {
  return {ImportanceJson(importance), ImportanceTable(importance), ImportanceRecords(importance),
          Notes(study, importance)};
}

}  // namespace faretto
