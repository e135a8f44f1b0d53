#include "scheduler/searchers/bo_searcher.h"

#include <algorithm>
#include <limits>

#include "scheduler/searchers/forest_proposal.h"
#include "scheduler/searchers/initial_design.h"
#include "scheduler/surrogates/acquisition.h"
#include "scheduler/surrogates/acquisition_search.h"
#include "scheduler/surrogates/value_for_cost.h"
#include "study/rungs.h"

namespace faretto {
namespace {

// Trials of the initial design, unless the study file says otherwise. More of them where they cost
// little, at a low resource, and where some failed: a model that has seen too little leads straight
// into what fails.
std::size_t InitialTrials(const StudyView& view) {
  const StudySpec& spec = view.spec;
  if (spec.algorithm.initial) return static_cast<std::size_t>(*spec.algorithm.initial);
  const auto& trials = view.state.trials();
  const bool some_failed = std::any_of(trials.begin(), trials.end(), [](const Trial& trial) {
    return trial.state == TrialState::kFailed;
  });
  if (some_failed || ComparisonRungs(spec.algorithm).size() > 1)
    return std::clamp<std::size_t>(spec.space.size() + 2, 8, 20);
  return std::clamp<std::size_t>(spec.space.size() / 2 + 1, 6, 10);
}

// Enough was tried, and some of it has results.
bool CanModel(const StudyView& view) {
  const std::size_t initial = InitialTrials(view);
  const auto& trials = view.state.trials();
  if (trials.size() < initial) return false;
  return TrialsToLearnFrom(view) >= std::max<std::size_t>(1, std::min<std::size_t>(initial / 2, 8));
}

}  // namespace

std::optional<Proposal> BoSearcher::Propose(const StudyView& view, RandomStream& random,
                                            std::int64_t) const {
  if (!CanModel(view)) return InitialProposalWithPriors(view, FailureMemory(view), random);
  if (view.spec.algorithm.surrogate == "rf") return ForestProposal(view, random);
  const FeatureMap features(view.spec.space);
  const StudyModel model(view, features);
  const Acquisition acquisition(model);
  auto maximum = MaximiseAcquisition(view, acquisition, random);
  if (!maximum) return UniformProposal(view, FailureMemory(view), random);

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
    const bool maximised = found != objectives.end() && found->direction == Direction::kMaximize;
    const double mean = target.mean() + target.sd() * prediction.mean(row, 0);
    diagnostics["mean"][target.name] = maximised ? -mean : mean;
    diagnostics["sd"][target.name] = target.sd() * prediction.sd(row, 0);
  }
  Proposal proposal{std::move(maximum->configuration), "bo/gp", std::move(diagnostics), {}};
  proposal.model = model.fitted();
  // The user's prior is on new configurations only: it must not speak against promotions.
  proposal.log_value =
      LogValueForCost(acquisition, prediction, 0, ComparisonRungs(view.spec.algorithm), 0,
                      -std::numeric_limits<double>::infinity());
  return proposal;
}

}  // namespace faretto
