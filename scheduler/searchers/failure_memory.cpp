#include "scheduler/searchers/failure_memory.h"

#include <algorithm>
#include <cmath>

namespace faretto {
namespace {

constexpr std::size_t kNeighbours = 5;

bool HasFailed(const Trial& trial) { return trial.state == TrialState::kFailed; }
bool Finished(const Trial& trial) { return HasFailed(trial) || trial.reached > 0; }

}  // namespace

FailureMemory::FailureMemory(const StudyView& view) : space_(view.spec.space) {
  const auto& trials = view.state.trials();
  if (std::none_of(trials.begin(), trials.end(), HasFailed)) return;
  choices_.resize(space_.size());
  for (std::size_t i = 0; i < space_.size(); ++i)
    if (space_.parameters()[i].type == ParameterType::kCategorical)
      choices_[i].resize(space_.parameters()[i].choices.size());
  double successes = 0;
  for (const Trial& trial : trials) {
    if (!Finished(trial)) continue;
    const bool failed = HasFailed(trial);
    successes += failed ? 0 : 1;
    outcomes_.push_back({&trial.configuration, space_.ToUnit(trial.configuration), failed});
    for (std::size_t i = 0; i < space_.size(); ++i) {
      if (choices_[i].empty() || !trial.configuration.active(i)) continue;
      Count& count = choices_[i][static_cast<std::size_t>(trial.configuration.values[i])];
      count.trials += 1;
      count.successes += failed ? 0 : 1;
    }
  }
  success_rate_ = successes / static_cast<double>(outcomes_.size());
}

double FailureMemory::Pass(const Count& count) const {
  const double ratio = (count.successes + 1) / (count.trials * success_rate_ + 1);
  return std::min(1.0, ratio * ratio);
}

double FailureMemory::Acceptance(const Configuration& configuration) const {
  if (outcomes_.empty()) return 1;
  return std::min(ByChoice(configuration), ByNeighbours(configuration));
}

double FailureMemory::ByChoice(const Configuration& configuration) const {
  double worst = 1;
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    if (choices_[i].empty() || !configuration.active(i)) continue;
    worst = std::min(worst, Pass(choices_[i][static_cast<std::size_t>(configuration.values[i])]));
  }
  return worst;
}

double FailureMemory::ByNeighbours(const Configuration& configuration) const {
  const std::vector<double> unit = space_.ToUnit(configuration);
  std::vector<std::pair<double, std::size_t>> distances;
  distances.reserve(outcomes_.size());
  for (std::size_t i = 0; i < outcomes_.size(); ++i)
    distances.emplace_back(Distance(configuration, unit, outcomes_[i]), i);
  const std::size_t near = std::min(kNeighbours, distances.size());
  std::partial_sort(distances.begin(), distances.begin() + static_cast<std::ptrdiff_t>(near),
                    distances.end());
  Count count;
  for (std::size_t k = 0; k < near; ++k) {
    count.trials += 1;
    count.successes += outcomes_[distances[k].second].failed ? 0 : 1;
  }
  return Pass(count);
}

double FailureMemory::Distance(const Configuration& a, const std::vector<double>& a_unit,
                               const Outcome& b) const {
  double sum = 0;
  for (std::size_t i = 0; i < a_unit.size(); ++i) {
    const bool active = a.active(i);
    if (active != b.configuration->active(i)) {
      sum += 1;
    } else if (active && space_.parameters()[i].type == ParameterType::kCategorical) {
      sum += a.values[i] == b.configuration->values[i] ? 0 : 1;
    } else if (active) {
      sum += std::abs(a_unit[i] - b.unit[i]);
    }
  }
  return sum;
}

}  // namespace faretto
