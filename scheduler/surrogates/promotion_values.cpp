#include "scheduler/surrogates/promotion_values.h"

#include <algorithm>
#include <limits>

#include "scheduler/surrogates/value_for_cost.h"

namespace faretto {
namespace {

std::size_t ResultsAtTop(const StudyView& view) {
  const std::int64_t top = view.spec.top_resource();
  const auto& trials = view.state.trials();
  return static_cast<std::size_t>(
      std::count_if(trials.begin(), trials.end(), [&](const Trial& trial) {
        const TrialReport* report = trial.ReportAt(top);
        return trial.state != TrialState::kFailed && report &&
               MinimizedValues(view.spec.objectives, report->values);
      }));
}

}  // namespace

bool ModelDecides(const StudyView& view) {
  return view.state.model() && ResultsAtTop(view) >= kLeastAtTop;
}

std::optional<std::vector<double>> PromotionValues(const StudyView& view,
                                                   const std::vector<WaitingTrial>& trials) {
  if (!ModelDecides(view)) return std::nullopt;
  const FeatureMap features(view.spec.space);
  const StudyModel model(view, features, StudyModel::Refit::kNever);
  const Acquisition acquisition(model, Acquisition::FrontOf::kTopResource);
  const auto& finished = model.data().finished;  // ids rise
  std::vector<Eigen::Index> columns;
  std::vector<std::size_t> place;  // of each column in `trials`
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const auto found = std::lower_bound(finished.begin(), finished.end(), trials[i].id);
    if (found == finished.end() || *found != trials[i].id) continue;
    columns.push_back(found - finished.begin());
    place.push_back(i);
  }
  const StudyModel::Prediction prediction = model.PredictKnown(columns);
  constexpr double kNothing = -std::numeric_limits<double>::infinity();
  std::vector<double> result(trials.size(), kNothing);
  double best = kNothing;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    result[place[c]] = LogValueForCost(acquisition, prediction, static_cast<Eigen::Index>(c),
                                       model.data().rungs, trials[place[c]].from, best);
    best = std::max(best, result[place[c]]);
  }
  return result;
}

}  // namespace faretto
