#include "scheduler/searchers/tpe_searcher.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "scheduler/searchers/comparison.h"
#include "scheduler/searchers/fresh.h"
#include "scheduler/searchers/initial_design.h"
#include "scheduler/searchers/tpe_split.h"

namespace faretto {
namespace {

constexpr std::size_t kBatches = 4;  // of candidates; after them a uniform draw

struct Groups {
  std::vector<WeightedConfiguration> good;
  std::vector<WeightedConfiguration> bad;
};

// The newest half of `most`, and an even choice of the older trials, weighted to stand for all of
// these.
std::vector<WeightedConfiguration> Thinned(std::vector<WeightedConfiguration> trials,
                                           std::size_t most) {
  if (trials.size() <= most) return trials;
  const std::size_t newest = most / 2;
  const std::size_t spread = most - newest;
  const std::size_t older = trials.size() - newest;
  const double weight = static_cast<double>(older) / static_cast<double>(spread);
  std::vector<WeightedConfiguration> kept;
  kept.reserve(most);
  for (std::size_t k = 0; k < spread; ++k)
    kept.push_back({trials[k * older / spread].configuration, weight});
  kept.insert(kept.end(), trials.begin() + static_cast<std::ptrdiff_t>(older), trials.end());
  return kept;
}

Groups Divide(const StudyView& view, const Comparison& comparison, const TpeSettings& settings) {
  const auto& trials = view.state.trials();
  const auto share = static_cast<std::size_t>(
      std::ceil(settings.good_share * static_cast<double>(comparison.size())));
  // The time of hypervolumes grows fast with the number of objectives.
  const std::size_t most = settings.most_good / (comparison.objectives > 2 ? 2 : 1);
  const std::size_t count =
      std::min(std::clamp(share, settings.least_good, most), comparison.size());
  Groups groups;
  std::vector<bool> is_good(trials.size(), false);
  for (const GoodTrial& good : BestForTpe(comparison, count)) {
    const auto id = static_cast<std::size_t>(comparison.trials[good.position]);
    is_good[id] = true;
    groups.good.push_back({&trials[id].configuration, good.weight});
  }
  for (std::size_t id = 0; id < trials.size(); ++id)
    if (!is_good[id]) groups.bad.push_back({&trials[id].configuration, 1});
  groups.bad = Thinned(std::move(groups.bad), settings.most_bad);
  return groups;
}

ParzenSettings Refining(ParzenSettings settings, const TpeSettings& tpe, std::size_t results) {
  settings.spread_prior *= static_cast<double>(tpe.refine_from) / static_cast<double>(results);
  settings.least_bandwidth = std::min(settings.least_bandwidth, tpe.refined_bandwidth);
  return settings;
}

// Draws from the density of the good, the largest ratio to the density of the bad first.
std::vector<Configuration> Batch(const Space& space, const ParzenEstimator& good,
                                 const ParzenEstimator& bad, std::size_t count,
                                 RandomStream& random) {
  std::vector<Configuration> candidates;
  for (std::size_t k = 0; k < 2 * count && candidates.size() < count; ++k) {
    Configuration candidate = good.Sample(random);
    if (!space.IsForbidden(candidate)) candidates.push_back(std::move(candidate));
  }
  std::vector<double> ratios = good.LogDensity(candidates);
  const std::vector<double> below = bad.LogDensity(candidates);
  for (std::size_t k = 0; k < ratios.size(); ++k) ratios[k] -= below[k];
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return ratios[a] > ratios[b]; });
  std::vector<Configuration> best_first;
  best_first.reserve(order.size());
  for (const std::size_t k : order) best_first.push_back(std::move(candidates[k]));
  return best_first;
}

}  // namespace

std::optional<Proposal> TpeSearcher::Propose(const SearchBasis& basis, RandomStream& random,
                                             std::int64_t suggestion) const {
  const StudyView& view = basis.view;
  const auto& initial = view.spec.algorithm.initial;
  const std::size_t startup = initial ? static_cast<std::size_t>(*initial) : settings_.startup;
  if (view.state.trials().size() < startup) return InitialProposalWithPriors(basis, random);
  const Comparison comparison = CompareAtHighestRung(view, settings_.startup);
  if (2 * comparison.size() < std::min(startup, settings_.startup))
    return InitialProposalWithPriors(basis, random);

  const Groups groups = Divide(view, comparison, settings_);
  const bool refines = comparison.size() > settings_.refine_from && suggestion % 2 == 0;
  const auto adapted = [&](const ParzenSettings& given) {
    return refines ? Refining(given, settings_, comparison.size()) : given;
  };
  const ParzenEstimator good(view.spec.space, groups.good, adapted(settings_.good));
  const ParzenEstimator bad(view.spec.space, groups.bad, adapted(settings_.bad));
  std::vector<Configuration> batch;  // may be empty: all that was drawn is forbidden
  std::size_t next = 0, batches = 0;
  const auto draw = [&]() -> std::optional<Configuration> {
    if (next == batch.size() && batches < kBatches) {
      ++batches;
      batch = Batch(view.spec.space, good, bad, settings_.candidates, random);
      next = 0;
    }
    return next < batch.size() ? std::optional(std::move(batch[next++])) : std::nullopt;
  };
  const auto tries = static_cast<int>(kBatches * settings_.candidates);
  auto configuration = PickFresh(basis, random, tries, draw);
  if (!configuration) return std::nullopt;
  return Proposal{
      std::move(*configuration), "tpe",
      Json{{"rung", comparison.rung}, {"good", groups.good.size()}, {"bad", groups.bad.size()}}};
}

}  // namespace faretto
