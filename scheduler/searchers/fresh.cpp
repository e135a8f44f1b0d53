#include "scheduler/searchers/fresh.h"

#include <vector>

namespace faretto {
namespace {

constexpr int kTries = 100;  // uniform draws for one proposal
// A space in which this many draws in a row are taken is either finite or as good as used up.
constexpr int kLastTries = 1000;
// A fair choice needs no more; a space is enumerated only when it is nearly exhausted.
constexpr std::size_t kLeftovers = 1024;

std::vector<Configuration> Leftovers(const StudyView& view) {
  std::vector<Configuration> found;
  view.spec.space.Enumerate([&](const Configuration& configuration) {
    if (IsFresh(view, configuration)) found.push_back(configuration);
    return found.size() < kLeftovers;
  });
  return found;
}

}  // namespace

bool IsFresh(const StudyView& view, const Configuration& configuration) {
  const Space& space = view.spec.space;
  return space.Check(configuration).ok() &&
         view.state.FindTrialByKey(space.CanonicalKey(configuration)) == nullptr;
}

std::optional<Configuration> PickFresh(const SearchBasis& basis, RandomStream& random, int tries,
                                       const std::function<std::optional<Configuration>()>& draw) {
  std::optional<Configuration> best;
  double best_acceptance = 0;
  for (int i = 0; i < tries; ++i) {
    std::optional<Configuration> candidate = draw();
    if (!candidate || !IsFresh(basis.view, *candidate)) continue;
    const double acceptance = basis.memory.Acceptance(*candidate);
    if (acceptance >= 1 || random.Uniform() < acceptance) return candidate;
    if (acceptance > best_acceptance) {
      best_acceptance = acceptance;
      best = std::move(candidate);
    }
  }
  return best;
}

std::optional<Configuration> DrawFresh(const SearchBasis& basis, RandomStream& random) {
  const Space& space = basis.view.spec.space;
  const auto sample = [&] { return std::optional(space.Sample(random)); };
  if (auto fresh = PickFresh(basis, random, kTries, sample)) return fresh;
  if (!space.Count()) return PickFresh(basis, random, kLastTries, sample);
  const std::vector<Configuration> left = Leftovers(basis.view);
  if (left.empty()) return std::nullopt;
  const auto pick = [&] { return std::optional(left[random.Below(left.size())]); };
  return PickFresh(basis, random, kTries, pick);
}

}  // namespace faretto
