#include "results/queries/importance.h"

#include <algorithm>
#include <functional>
#include <map>

#include "objectives/pareto/hypervolume.h"
#include "study/standings.h"

namespace faretto {
namespace {

// A trial that is compared, and what it is compared by.
struct Contender {
  const Trial* trial = nullptr;
  Standing standing;
};

std::vector<Contender> Contenders(const StudyView& study, std::int64_t resource) {
  std::vector<Contender> contenders;
  for (const Trial& trial : study.state.trials()) {
    Standing standing = StandingAt(study.spec, trial, resource);
    if (!standing.failed) contenders.push_back({&trial, std::move(standing)});
  }
  return contenders;
}

// What each point of a layer adds to its hypervolume, against a point a tenth of the layer's range
// behind its worst values. No two points are equal.
std::vector<double> AddedVolume(const std::vector<Point>& layer) {
  if (layer.front().size() > 4) return CrowdingDistance(layer);
  Point reference = layer.front();
  for (std::size_t k = 0; k < reference.size(); ++k) {
    double low = layer.front()[k];
    for (const Point& point : layer) {
      reference[k] = std::max(reference[k], point[k]);
      low = std::min(low, point[k]);
    }
    const double range = reference[k] - low;
    reference[k] += range > 0 ? 0.1 * range : 1;
  }
  return HypervolumeContributions(layer, reference);
}

// The same for points of which some are equal: they share what one of them adds.
std::vector<double> SharedAddedVolume(const std::vector<Point>& layer) {
  std::vector<Point> distinct = layer;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  const std::vector<double> of_distinct = AddedVolume(distinct);
  std::vector<double> added;
  for (const Point& point : layer) {
    const auto found = std::lower_bound(distinct.begin(), distinct.end(), point);
    added.push_back(of_distinct[static_cast<std::size_t>(found - distinct.begin())]);
  }
  return added;
}

// A place for each contender, ascending from the best; equal ones share a place.
std::vector<double> PlacesByFront(const std::vector<Contender>& contenders) {
  std::vector<Standing> standings;
  standings.reserve(contenders.size());
  for (const Contender& contender : contenders) standings.push_back(contender.standing);
  const std::vector<RankedTrial> ranked = RankTrials(standings);
  std::vector<double> places(contenders.size());
  for (std::size_t begin = 0, end = 0; begin < ranked.size(); begin = end) {
    std::vector<Point> layer;
    for (; end < ranked.size() && ranked[end].layer == ranked[begin].layer; ++end)
      layer.push_back(standings[ranked[end].index].objectives);
    std::vector<double> added(layer.size(), 0.0);
    if (standings[ranked[begin].index].violation == 0) added = SharedAddedVolume(layer);
    std::vector<double> sorted = added;
    std::sort(sorted.rbegin(), sorted.rend());
    for (std::size_t i = begin; i < end; ++i) {
      const auto place =
          std::lower_bound(sorted.begin(), sorted.end(), added[i - begin], std::greater<>());
      places[ranked[i].index] =
          static_cast<double>(begin) + static_cast<double>(place - sorted.begin());
    }
  }
  return places;
}

std::vector<double> PlacesByObjective(const std::vector<Contender>& contenders,
                                      std::size_t objective) {
  std::vector<double> places;
  places.reserve(contenders.size());
  for (const Contender& contender : contenders)
    places.push_back(contender.standing.objectives[objective]);
  return places;
}

// Numbers of the best tenth, at least five, and of all that tie with the last of them.
std::vector<std::size_t> Best(const std::vector<double>& places) {
  std::vector<double> sorted = places;
  std::sort(sorted.begin(), sorted.end());
  const std::size_t count = std::max<std::size_t>(5, (places.size() + 9) / 10);
  std::vector<std::size_t> best;
  for (std::size_t i = 0; i < places.size(); ++i)
    if (places[i] <= sorted[count - 1]) best.push_back(i);
  return best;
}

TargetImportance Judge(const StudyView& study, std::string name,
                       const std::vector<Contender>& contenders,
                       const std::vector<double>& places) {
  TargetImportance target{std::move(name), {}};
  double sum = 0;
  const std::vector<Parameter>& parameters = study.spec.space.parameters();
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    ParameterImportance& own = target.parameters.emplace_back();
    own.parameter = parameters[k].name;
    std::vector<double> values;
    std::vector<double> own_places;
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      if (!contenders[i].trial->configuration.active(k)) continue;
      values.push_back(contenders[i].trial->configuration.values[k]);
      own_places.push_back(places[i]);
    }
    own.trials = values.size();
    if (own.trials < kImportanceTrials) continue;
    const std::vector<std::size_t> best = Best(own_places);
    own.best = best.size();
    own.divergence = PedAnova(parameters[k], values, best, study.spec.seed);
    own.importance = own.divergence.above_chance();
    sum += *own.importance;
  }
  for (ParameterImportance& own : target.parameters)
    if (own.importance && sum > 0) *own.importance /= sum;
  return target;
}

Error TooFew(const StudyView& study, std::int64_t resource, std::size_t found) {
  std::map<std::int64_t, std::size_t> reported;
  for (const Trial& trial : study.state.trials())
    for (const TrialReport& report : trial.reports)
      if (reported.count(report.resource) == 0)
        reported[report.resource] = Contenders(study, report.resource).size();
  std::string advice = "let the study go on";
  for (const auto& [other, trials] : reported)
    if (trials >= kImportanceTrials)
      advice = "let the study go on, or compare at a resource that more have reached (--resource " +
               std::to_string(other) + ": " + std::to_string(trials) + " trials)";
  return Failed(std::to_string(found) + (found == 1 ? " trial has" : " trials have") +
                " results at resource " + std::to_string(resource) + ", and importance needs " +
                std::to_string(kImportanceTrials) + "; " + advice);
}

}  // namespace

Result<Importance> StudyImportance(const StudyView& study, std::optional<std::int64_t> resource) {
  Importance importance;
  importance.resource = resource.value_or(study.spec.top_resource());
  const std::vector<Contender> contenders = Contenders(study, importance.resource);
  if (contenders.size() < kImportanceTrials)
    return TooFew(study, importance.resource, contenders.size());
  importance.trials = contenders.size();
  for (const Trial& trial : study.state.trials())
    importance.failed += trial.state == TrialState::kFailed ? 1 : 0;
  const std::vector<Objective>& objectives = study.spec.objectives;
  for (std::size_t k = 0; k < objectives.size(); ++k)
    importance.targets.push_back(
        Judge(study, objectives[k].name, contenders, PlacesByObjective(contenders, k)));
  if (objectives.size() > 1)
    importance.targets.push_back(Judge(study, "", contenders, PlacesByFront(contenders)));
  return importance;
}

}  // namespace faretto
