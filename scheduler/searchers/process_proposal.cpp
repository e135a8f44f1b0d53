#include "scheduler/searchers/process_proposal.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "scheduler/surrogates/acquisition.h"
#include "scheduler/surrogates/acquisition_search.h"
#include "scheduler/surrogates/value_for_cost.h"

namespace faretto {

std::optional<Proposal> ProcessProposal(const StudyView& view, RandomStream& random) {
  const FeatureMap features(view.spec.space);
  const StudyModel model(view, features);
  const Acquisition acquisition(model);
  auto maximum = MaximiseAcquisition(view, acquisition, random);
  if (!maximum) return std::nullopt;

  Eigen::MatrixXd x(static_cast<Eigen::Index>(features.columns()), 1);
  features.Encode(maximum->configuration, x.data());
  const auto prediction = model.Predict(x);
  Json diagnostics = {{"log_acquisition", maximum->log_value},
                      {"mean", Json::object()},
                      {"sd", Json::object()},
                      {"results", model.data().results},
                      {"pending", model.data().pending.size()}};
  for (std::size_t k = 0; k < model.data().objectives.size(); ++k) {
    const Target& target = model.data().objectives[k];
    const auto row = static_cast<Eigen::Index>(k);
    const auto& objectives = view.spec.objectives;
    const auto named = [&](const Objective& objective) { return objective.name == target.name; };
    const auto found = std::find_if(objectives.begin(), objectives.end(), named);
    const Objective objective = found != objectives.end() ? *found : Objective{};
    // As told: of a logarithm the deviation is relative to the value.
    const double seen = target.mean() + target.sd() * prediction.mean(row, 0);
    const double mean = LogScale(objective, {}).From(seen);
    diagnostics["mean"][target.name] = objective.direction == Direction::kMaximize ? -mean : mean;
    diagnostics["sd"][target.name] =
        target.sd() * prediction.sd(row, 0) * (objective.log ? std::abs(mean) : 1);
  }
  Proposal proposal{std::move(maximum->configuration), "bo/gp", std::move(diagnostics), {}};
  proposal.model = model.fitted();
  // The user's prior weighs new configurations against each other. It has no part in the comparison
  // with promotions.
  proposal.log_value = LogValueForCost(acquisition, prediction, 0, model.data().rungs, 0,
                                       -std::numeric_limits<double>::infinity());
  return proposal;
}

}  // namespace faretto
