#include "scheduler/surrogates/acquisition_search.h"

#include <nlopt.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <unordered_set>

#include "scheduler/surrogates/neighbours.h"

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// How thorough the search is. Three times the candidates found no better configurations
// (benchmarks/notes/what-decides-bo.md).
constexpr std::size_t kEnumerated = 2000;  // finite spaces up to this size are enumerated
constexpr double kDraws = 300;             // from the whole space
constexpr double kNeighbours = 900;        // of the front
constexpr double kStarts = 4;              // of the local search
// The time of a prediction grows with the square of the number of trials: beyond so many, fewer
// candidates are looked at.
constexpr double kTrialsAtFullEffort = 200;
constexpr int kRounds = 4;  // of the local search
constexpr int kGradientSteps = 12;
constexpr double kProgress = 1e-3;  // a smaller gain in the logarithm ends the search

struct Candidate {
  Configuration configuration;
  double value = 0;
};

// Values of candidates, without taken ones and repeats.
class Pool {
 public:
  Pool(const StudyView& view, const AcquisitionFunction& acquisition)
      : view_(view), acquisition_(acquisition) {
    for (const Trial& trial : view.state.trials()) seen_.insert(Hash(trial.configuration));
  }

  void Add(Configuration configuration) {
    if (seen_.insert(Hash(configuration)).second) waiting_.push_back(std::move(configuration));
  }
  std::size_t waiting() const { return waiting_.size(); }

  // Values of what was added since the last call, in the order in which it was added.
  std::vector<Candidate> Evaluate() {
    const FeatureMap& features = acquisition_.features();
    // Blocks keep the covariances in the processor's cache.
    constexpr std::size_t kBlock = 64;
    std::vector<Candidate> candidates;
    candidates.reserve(waiting_.size());
    for (std::size_t start = 0; start < waiting_.size(); start += kBlock) {
      const std::size_t n = std::min(kBlock, waiting_.size() - start);
      MatrixXd x(static_cast<Index>(features.columns()), static_cast<Index>(n));
      for (std::size_t i = 0; i < n; ++i)
        features.Encode(waiting_[start + i], x.col(static_cast<Index>(i)).data());
      const VectorXd values = acquisition_.Log(x);
      for (std::size_t i = 0; i < n; ++i) {
        Configuration& configuration = waiting_[start + i];
        const double value = values[static_cast<Index>(i)] + acquisition_.LogPrior(configuration);
        candidates.push_back({std::move(configuration), value});
      }
    }
    waiting_.clear();
    return candidates;
  }

  bool IsFresh(const Configuration& configuration) const {
    const Space& space = view_.spec.space;
    return space.Check(configuration).ok() &&
           view_.state.FindTrialByKey(space.CanonicalKey(configuration)) == nullptr;
  }

 private:
  static std::uint64_t Hash(const Configuration& configuration) {
    std::uint64_t hash = 0;
    for (const double value : configuration.values)
      hash = std::hash<double>{}(std::isnan(value) ? -1.5e300 : value) + 0x9e3779b97f4a7c15 +
             (hash << 6) + (hash >> 2);
    return hash;
  }

  const StudyView& view_;
  const AcquisitionFunction& acquisition_;
  std::unordered_set<std::uint64_t> seen_;
  std::vector<Configuration> waiting_;
};

bool Better(const Candidate& a, const Candidate& b) { return a.value > b.value; }

// Continuous parameters that are active in a configuration.
std::vector<std::size_t> ContinuousParameters(const Space& space, const Configuration& c) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < space.size(); ++i)
    if (c.active(i) && !space.parameters()[i].cardinality()) found.push_back(i);
  return found;
}

struct Ascent {
  const AcquisitionFunction& acquisition;
  const FeatureMap& features;
  const std::vector<std::size_t>& parameters;
  VectorXd x;  // features of the whole configuration
  std::vector<double> best;
  double best_value;
};

double AscentValue(unsigned n, const double* u, double* gradient, void* data) {
  auto& ascent = *static_cast<Ascent*>(data);
  for (unsigned i = 0; i < n; ++i)
    ascent.x[static_cast<Index>(ascent.features.column_of(ascent.parameters[i]))] = u[i];
  VectorXd slopes;
  const double value = ascent.acquisition.LogWithGradient(ascent.x, &slopes);
  for (unsigned i = 0; gradient && i < n; ++i)
    gradient[i] = slopes[static_cast<Index>(ascent.features.column_of(ascent.parameters[i]))];
  if (value > ascent.best_value) {
    ascent.best_value = value;
    ascent.best.assign(u, u + n);
  }
  return std::isfinite(value) ? value : -1e300;
}

// The configuration after gradient steps in its continuous parameters.
Configuration Climb(const AcquisitionFunction& acquisition, const Space& space,
                    const Candidate& start) {
  const FeatureMap& features = acquisition.features();
  const std::vector<std::size_t> parameters = ContinuousParameters(space, start.configuration);
  if (parameters.empty() || !acquisition.smooth()) return start.configuration;
  std::vector<double> u;
  for (const std::size_t i : parameters)
    u.push_back(features.Scaled(i, start.configuration.values[i]));
  Ascent ascent{acquisition, features,
                parameters,  VectorXd(features.columns()),
                u,           -std::numeric_limits<double>::infinity()};
  features.Encode(start.configuration, ascent.x.data());
  const std::unique_ptr<nlopt_opt_s, decltype(&nlopt_destroy)> search(
      nlopt_create(NLOPT_LD_LBFGS, static_cast<unsigned>(u.size())), &nlopt_destroy);
  nlopt_set_lower_bounds1(search.get(), 0);
  nlopt_set_upper_bounds1(search.get(), 1);
  nlopt_set_max_objective(search.get(), &AscentValue, &ascent);
  nlopt_set_maxeval(search.get(), kGradientSteps);
  double value = 0;
  nlopt_optimize(search.get(), u.data(), &value);
  Configuration moved = start.configuration;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    moved.values[parameters[i]] =
        space.parameters()[parameters[i]].FromUnit(std::clamp(ascent.best[i], 0.0, 1.0));
  // A value at the end of its range may switch conditions.
  space.Repair(moved, [&](std::size_t child) { return space.parameters()[child].FromUnit(0.5); });
  return space.IsForbidden(moved) ? start.configuration : moved;
}

// `at_full_effort`, or less in a long study, at least a quarter of it.
std::size_t Scaled(const StudyView& view, double at_full_effort) {
  const auto trials = static_cast<double>(std::max<std::size_t>(1, view.state.trials().size()));
  return static_cast<std::size_t>(
      std::ceil(at_full_effort * std::clamp(kTrialsAtFullEffort / trials, 0.25, 1.0)));
}

void AddNeighboursOfFront(const StudyView& view, const AcquisitionFunction& acquisition,
                          RandomStream& random, Pool& pool) {
  const std::size_t enough = Scaled(view, kNeighbours);
  std::vector<TrialId> centres = acquisition.front();
  random.Shuffle(centres);
  for (const TrialId id : centres) {
    if (pool.waiting() >= enough) break;
    const Trial* trial = view.state.FindTrial(id);
    VisitNeighbours(view.spec.space, trial->configuration, random,
                    [&](Configuration neighbour) { pool.Add(std::move(neighbour)); });
  }
}

// The best neighbour or gradient step of each start, until none is better.
void Improve(const StudyView& view, const AcquisitionFunction& acquisition, RandomStream& random,
             Pool& pool, std::vector<Candidate>& starts) {
  const Space& space = view.spec.space;
  std::vector<bool> moving(starts.size(), true);
  for (int round = 0; round < kRounds; ++round) {
    bool any = false;
    for (std::size_t s = 0; s < starts.size(); ++s) {
      if (!moving[s]) continue;
      pool.Add(Climb(acquisition, space, starts[s]));
      VisitNeighbours(space, starts[s].configuration, random,
                      [&](Configuration neighbour) { pool.Add(std::move(neighbour)); });
      std::vector<Candidate> around = pool.Evaluate();
      const auto best = std::min_element(around.begin(), around.end(), Better);
      moving[s] = best != around.end() && best->value > starts[s].value + kProgress;
      if (best != around.end() && best->value > starts[s].value) starts[s] = std::move(*best);
      any = any || moving[s];
    }
    if (!any) return;
  }
}

}  // namespace

std::optional<AcquisitionMaximum> MaximiseAcquisition(const StudyView& view,
                                                      const AcquisitionFunction& acquisition,
                                                      RandomStream& random) {
  const Space& space = view.spec.space;
  Pool pool(view, acquisition);
  const auto count = space.Count(kEnumerated);
  const bool whole = count && *count < kEnumerated;
  if (whole) {
    space.Enumerate([&](const Configuration& configuration) {
      pool.Add(configuration);
      return true;
    });
  } else {
    AddNeighboursOfFront(view, acquisition, random, pool);
    const std::size_t draws = Scaled(view, kDraws);
    for (std::size_t i = 0; i < draws; ++i) pool.Add(space.Sample(random));
    if (space.has_priors())
      for (std::size_t i = 0; i < draws; ++i) pool.Add(space.SamplePrior(random));
  }
  std::vector<Candidate> candidates = pool.Evaluate();
  // Shuffled, so that among equal values the order of the space does not decide.
  if (!acquisition.smooth()) random.Shuffle(candidates);
  std::stable_sort(candidates.begin(), candidates.end(), Better);
  if (!whole && !candidates.empty()) {
    std::vector<Candidate> starts(
        candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                     Scaled(view, kStarts), candidates.size())));
    Improve(view, acquisition, random, pool, starts);
    candidates.insert(candidates.end(), starts.begin(), starts.end());
    std::stable_sort(candidates.begin(), candidates.end(), Better);
  }
  for (Candidate& candidate : candidates) {
    if (pool.IsFresh(candidate.configuration))
      return AcquisitionMaximum{std::move(candidate.configuration), candidate.value};
  }
  return std::nullopt;
}

}  // namespace faretto
