#include "scheduler/searchers/failure_memory.h"

#include <algorithm>
#include <cmath>

namespace faretto {
namespace {

constexpr std::size_t kNeighbours = 5;     // a convention
constexpr std::size_t kRemembered = 1024;  // bounds the time of looking for neighbours

bool HasFailed(const Trial& trial) { return trial.state == TrialState::kFailed; }
bool Finished(const Trial& trial) { return HasFailed(trial) || trial.reached > 0; }

}  // namespace

FailureMemory::FailureMemory(const StudyView& view) : space_(view.spec.space) {
  if (view.state.counts().failed == 0) return;
  const auto& trials = view.state.trials();
  choices_.resize(space_.size());
  for (std::size_t i = 0; i < space_.size(); ++i) {
    const Parameter& parameter = space_.parameters()[i];
    categorical_.push_back(parameter.type == ParameterType::kCategorical);
    if (categorical_[i]) choices_[i].resize(parameter.choices.size());
  }
  double successes = 0;
  std::vector<const Trial*> finished;
  for (const Trial& trial : trials) {
    if (!Finished(trial)) continue;
    const double success = HasFailed(trial) ? 0 : 1;
    successes += success;
    finished.push_back(&trial);
    for (std::size_t i = 0; i < space_.size(); ++i) {
      if (!categorical_[i] || !trial.configuration.active(i)) continue;
      Count& count = choices_[i][static_cast<std::size_t>(trial.configuration.values[i])];
      count.trials += 1;
      count.successes += success;
    }
  }
  success_rate_ = successes / static_cast<double>(finished.size());
  Remember(finished);
}

void FailureMemory::Remember(const std::vector<const Trial*>& finished) {
  const std::size_t kept = std::min(kRemembered, finished.size());
  const std::size_t newest = finished.size() <= kRemembered ? finished.size() : kept / 2;
  const std::size_t older = finished.size() - newest;
  coordinates_.reserve(kept * space_.size());
  for (std::size_t k = 0; k < kept; ++k) {
    const std::size_t spread = kept - newest;
    const Trial& trial = *finished[k < spread ? k * older / spread : older + k - spread];
    const std::vector<double> coordinates = Coordinates(trial.configuration);
    coordinates_.insert(coordinates_.end(), coordinates.begin(), coordinates.end());
    failed_.push_back(HasFailed(trial));
  }
}

std::vector<double> FailureMemory::Coordinates(const Configuration& configuration) const {
  std::vector<double> coordinates = configuration.values;
  for (std::size_t i = 0; i < space_.size(); ++i)
    if (configuration.active(i) && !categorical_[i])
      coordinates[i] = space_.parameters()[i].ToUnit(configuration.values[i]);
  return coordinates;
}

double FailureMemory::Pass(const Count& count) const {
  const double ratio = (count.successes + 1) / (count.trials * success_rate_ + 1);
  return std::min(1.0, ratio * ratio);
}

double FailureMemory::Acceptance(const Configuration& configuration) const {
  if (failed_.empty()) return 1;
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
  const std::vector<double> own = Coordinates(configuration);
  std::vector<std::pair<double, std::size_t>> distances;
  distances.reserve(failed_.size());
  for (std::size_t k = 0; k < failed_.size(); ++k)
    distances.emplace_back(Distance(own.data(), &coordinates_[k * space_.size()]), k);
  const std::size_t near = std::min(kNeighbours, distances.size());
  std::partial_sort(distances.begin(), distances.begin() + static_cast<std::ptrdiff_t>(near),
                    distances.end());
  Count count;
  for (std::size_t k = 0; k < near; ++k) {
    count.trials += 1;
    count.successes += failed_[distances[k].second] ? 0 : 1;
  }
  return Pass(count);
}

double FailureMemory::Distance(const double* a, const double* b) const {
  double sum = 0;
  for (std::size_t i = 0; i < space_.size(); ++i) {
    const bool active = !std::isnan(a[i]);
    if (active == std::isnan(b[i])) {
      sum += 1;
    } else if (active) {
      sum += categorical_[i] ? (a[i] == b[i] ? 0 : 1) : std::abs(a[i] - b[i]);
    }
  }
  return sum;
}

}  // namespace faretto
