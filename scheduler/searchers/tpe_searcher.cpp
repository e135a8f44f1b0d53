#include "scheduler/searchers/tpe_searcher.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <numeric>

#include "scheduler/searchers/comparison.h"
#include "scheduler/searchers/fresh.h"
#include "scheduler/searchers/initial_design.h"
#include "scheduler/searchers/tpe_split.h"

namespace faretto {
namespace {

struct Model {
  ParzenEstimator good;
  ParzenEstimator bad;
};

std::vector<Configuration> JointBatch(const Model& m, const Space& space, int n,
                                      RandomStream& random) {
  std::vector<Configuration> candidates;
  for (int i = 0; i < 2 * n && (int)candidates.size() < n; ++i) {
    Configuration c = m.good.Sample(random);
    if (!space.IsForbidden(c)) candidates.push_back(std::move(c));
  }
  if (candidates.empty()) return candidates;
  std::vector<double> score = m.good.LogDensity(candidates);
  const std::vector<double> bad = m.bad.LogDensity(candidates);
  for (std::size_t i = 0; i < score.size(); ++i) score[i] -= bad[i];
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return score[a] > score[b]; });
  std::vector<Configuration> sorted;
  for (std::size_t i : order) sorted.push_back(candidates[i]);
  return sorted;
}

Configuration Univariate(const Model& m, const Space& space, int n, RandomStream& random) {
  Configuration c;
  space.Repair(c, [&](std::size_t i) {
    std::vector<double> values;
    for (int k = 0; k < n; ++k) values.push_back(m.good.SampleValue(i, random));
    std::vector<double> score = m.good.LogValueDensity(i, values);
    const std::vector<double> bad = m.bad.LogValueDensity(i, values);
    for (std::size_t k = 0; k < score.size(); ++k) score[k] -= bad[k];
    return values[static_cast<std::size_t>(std::max_element(score.begin(), score.end()) -
                                           score.begin())];
  });
  return c;
}

}  // namespace

std::optional<Proposal> TpeSearcher::Propose(const StudyView& view, RandomStream& random,
                                             std::int64_t) const {
  const FailureMemory memory(view);
  const TpeSettings& s = settings_;
  const Space& space = view.spec.space;
  const auto& trials = view.state.trials();
  if (static_cast<int>(trials.size()) < s.startup) return InitialProposal(view, memory, random);
  const Comparison comparison = CompareAtHighestRung(view, static_cast<std::size_t>(s.startup));
  const std::size_t n = comparison.size();
  if (n < 2) return InitialProposal(view, memory, random);
  std::size_t count = static_cast<std::size_t>(
      std::clamp<double>(std::ceil(s.gamma * std::pow(static_cast<double>(n), s.gamma_power)),
                         s.least_good, s.most_good));
  count = std::min(count, n - 1);
  std::vector<WeightedConfiguration> good, bad;
  std::vector<bool> is_good(trials.size(), false);
  for (const GoodTrial& g : BestForTpe(comparison, count)) {
    const auto id = static_cast<std::size_t>(comparison.trials[g.position]);
    is_good[id] = true;
    good.push_back({&trials[id].configuration, s.flat_good ? 1 : g.weight});
  }
  for (const Trial& trial : trials)
    if (!is_good[static_cast<std::size_t>(trial.id)]) bad.push_back({&trial.configuration, 1});
  if ((int)bad.size() > s.most_bad) {
    std::vector<WeightedConfiguration> thin;
    const std::size_t half = static_cast<std::size_t>(s.most_bad) / 2;
    const std::size_t old = bad.size() - half;
    for (std::size_t k = 0; k < half; ++k)
      thin.push_back({bad[k * old / half].configuration, double(old) / double(half)});
    for (std::size_t k = old; k < bad.size(); ++k) thin.push_back(bad[k]);
    bad = thin;
  }
  if (s.ramp && (int)bad.size() > s.ramp) {
    const double m = static_cast<double>(bad.size());
    const std::size_t k1 = bad.size() - static_cast<std::size_t>(s.ramp);
    for (std::size_t k = 0; k < k1; ++k)
      bad[k].weight *= 1 / m + (1 - 1 / m) * static_cast<double>(k) / static_cast<double>(k1);
  }
  const Model model{ParzenEstimator(space, good, s.good), ParzenEstimator(space, bad, s.bad)};
  std::vector<Configuration> batch;
  std::size_t next = 0;
  int batches = 0;
  auto pick = PickFresh(view, memory, random, s.joint ? 4 * s.candidates : 32,
                        [&]() -> std::optional<Configuration> {
                          if (!s.joint) return Univariate(model, space, s.candidates, random);
                          if (next == batch.size()) {
                            if (batches++ == 4) return std::nullopt;
                            batch = JointBatch(model, space, s.candidates, random);
                            next = 0;
                            if (batch.empty()) return std::nullopt;
                          }
                          return batch[next++];
                        });
  if (!pick) return UniformProposal(view, memory, random);
  return Proposal{std::move(*pick), "tpe", Json{{"rung", comparison.rung}}};
}

}  // namespace faretto
