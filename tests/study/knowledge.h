// Everything that a suggestion may look at, as text: equal texts, equal knowledge.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/json.h"
#include "study/rungs.h"
#include "study/suggestion.h"

namespace faretto {

inline std::string Knowledge(const StudyView& view) {
  Json trials = Json::array();
  for (const Trial& trial : view.state.trials()) {
    Json reports = Json::array();
    for (const TrialReport& report : trial.reports) {
      Json values = Json::object();
      for (const auto& [name, value] : report.values) values[name] = value;
      reports.push_back({report.resource, std::move(values)});
    }
    trials.push_back({{"state", TrialStateName(trial.state)},
                      {"params", trial.params},
                      {"target", trial.target},
                      {"reached", trial.reached},
                      {"reports", std::move(reports)},
                      {"results", Json::array()},
                      {"standing", Json::array()}});
    for (const std::int64_t rung : ComparisonRungs(view.spec.algorithm)) {
      const RungResults& results = *view.state.ResultsAt(rung);
      if (results.comparable(trial.id))
        trials.back()["results"].push_back({rung, results.values(trial.id)});
      trials.back()["standing"].push_back({results.judged(trial.id), results.waits(trial.id)});
    }
  }
  const StudyState& s = view.state;
  Json orders = Json::array();
  for (const RungResults& results : s.rungs()) {
    Json order = Json::array();
    for (const SweepPoint& point : results.feasible()) order.push_back(point.index);
    for (const auto& violation : results.infeasible()) order.push_back(violation.trial);
    Json layers = Json::array();
    for (std::vector<std::size_t> layer : results.layers()) {
      std::sort(layer.begin(), layer.end());
      layers.push_back(layer);
    }
    orders.push_back({std::move(order), results.judged(), results.waiting(), std::move(layers)});
  }
  return DumpJson({{"open", s.open_suggestion() ? Json(*s.open_suggestion()) : Json()},
                   {"next", s.next_suggestion()},
                   {"model", s.model() ? *s.model() : Json()},
                   {"model_basis", s.model_basis()},
                   {"spent", s.spent_resource()},
                   {"committed", s.committed_resource()},
                   {"waiting", s.waiting().size()},
                   {"counts", {s.counts().running, s.counts().failed}},
                   {"orders", std::move(orders)},
                   {"reference", s.reference_point() ? Json(*s.reference_point()) : Json()},
                   {"trials", std::move(trials)}});
}

}  // namespace faretto
