#include "scheduler/fidelity/asha_policy.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "scheduler/fidelity/allowance.h"
#include "scheduler/fidelity/rung_places.h"
#include "scheduler/surrogates/promotion_values.h"
#include "study/rungs.h"

namespace faretto {
namespace {

// With a model, so few workers train at once that a budget of resource lasts for the time of
// kTrainingsInTurn full trainings, one after the other; but kAlwaysAtOnce workers always may.
// Measured: benchmarks/notes/workers-and-budget.md.
constexpr double kTrainingsInTurn = 3;
constexpr double kAlwaysAtOnce = 16;

struct Candidate {
  const Trial* trial;
  Json diagnostics;
};

Candidate MakeCandidate(const StudyView& view, const RungResults& rung, const WaitingPlace& best) {
  return {view.state.FindTrial(best.trial), Json{{"rung", rung.resource()},
                                                 {"members", rung.judged()},
                                                 {"place", best.place + 1},
                                                 {"layer", best.layer}}};
}

// The best trial that waits at the rung, if it is among the best `shares` / reduction_factor of all
// that are judged there.
std::optional<WaitingPlace> BestOfShare(const StudyView& view, const RungResults& rung,
                                        std::size_t at_least, double shares) {
  const double share =
      shares * static_cast<double>(rung.judged()) / view.spec.algorithm.reduction_factor;
  return BestWaiting(rung, std::max(at_least, static_cast<std::size_t>(share + 1e-9)));
}

std::optional<Candidate> BestOfRung(const StudyView& view, const RungResults& rung,
                                    std::size_t at_least, double shares) {
  const auto best = BestOfShare(view, rung, at_least, shares);
  return best ? std::optional(MakeCandidate(view, rung, *best)) : std::nullopt;
}

// Trials that were sent further than this rung, and were not stopped on the way.
std::size_t SentBeyond(const StudyView& view, std::int64_t rung) {
  const auto& trials = view.state.trials();
  return static_cast<std::size_t>(
      std::count_if(trials.begin(), trials.end(), [&](const Trial& trial) {
        return trial.target > rung && trial.state != TrialState::kFailed &&
               (trial.state != TrialState::kStopped || trial.reached > rung);
      }));
}

// Used until a model has enough results beyond this rung. When a trial may go on, it is the one
// that adds most to the hypervolume, not one of the extremes that crowding prefers. At a higher
// rung the first trial that arrives goes on at once. At the lowest rung a few are compared first,
// as many as cost one whole training at most. Measured: benchmarks/notes/first-promotions.md.
std::optional<Candidate> EarlyOfRung(const StudyView& view, const std::vector<std::int64_t>& rungs,
                                     const RungResults& rung, double shares) {
  if (rung.waiting() == 0) return std::nullopt;
  const double factor = view.spec.algorithm.reduction_factor;
  const double whole_training =
      static_cast<double>(rungs.back()) / static_cast<double>(rungs.front());
  const bool few = static_cast<double>(rung.judged()) < std::min(factor * factor, whole_training);
  const bool first = SentBeyond(view, rung.resource()) == 0;
  if (first && few && rung.resource() == rungs.front()) return std::nullopt;
  const auto best = BestOfShare(view, rung, first ? 1 : 0, shares);
  if (!best) return std::nullopt;
  const auto chosen = AddsMostVolume(rung);
  if (!chosen) return MakeCandidate(view, rung, *best);
  return Candidate{view.state.FindTrial(*chosen),
                   Json{{"rung", rung.resource()}, {"members", rung.judged()}}};
}

// Of the trials that wait at any rung and that the budget lets go on, the one with the highest
// price.
std::optional<PricedPromotion> MostPromising(const StudyView& view,
                                             const std::vector<std::int64_t>& rungs,
                                             Allowance& allowance) {
  if (!view.state.model()) return std::nullopt;
  std::vector<WaitingTrial> waiting;
  std::vector<std::int64_t> next;
  for (const Trial& trial : view.state.trials()) {
    if (trial.state != TrialState::kPaused) continue;
    for (std::size_t k = 0; k + 1 < rungs.size(); ++k) {
      if (trial.target != rungs[k] || !trial.ReportAt(rungs[k])) continue;
      waiting.push_back({trial.id, trial.NewestPoint()});
      next.push_back(rungs[k + 1]);
    }
  }
  const auto values = waiting.empty() ? std::nullopt : PromotionValues(view, waiting);
  if (!values) return std::nullopt;
  std::optional<PricedPromotion> best;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    const Trial& trial = *view.state.FindTrial(waiting[i].id);
    const double value = (*values)[i];
    if (!std::isfinite(value) || (best && value <= best->log_value)) continue;
    if (!allowance.MayPromote(trial, next[i])) continue;
    best = PricedPromotion{{trial.id, next[i], Json{{"log_value", value}}, {}}, value};
  }
  return best;
}

Decision Step(const StudyView& view, const std::vector<std::int64_t>& rungs, Allowance& allowance,
              bool priced) {
  // Once no trial can be created any more, there is nothing to compare prices with, so ranks decide
  // until the study ends.
  auto promising = priced && !allowance.creation_is_over() ? MostPromising(view, rungs, allowance)
                                                           : std::nullopt;
  const bool may_create = allowance.MayCreate(rungs.front());
  if (promising) {
    // A trial that begins now could not be trained to the top any more.
    const bool late =
        view.state.remaining_resource() < static_cast<double>(view.spec.top_resource());
    if (late || !may_create) return std::move(promising->promotion);
    return Creation{rungs.front(), -1, std::move(promising)};
  }
  const bool last_call = !may_create && !allowance.something_runs();
  const bool model_comes =
      priced && !last_call && !allowance.creation_is_over() && !ModelDecides(view);
  for (std::size_t k = rungs.size() - 1; k > 0; --k) {
    const RungResults& rung = *view.state.ResultsAt(rungs[k - 1]);
    const bool early = priced && !last_call && SentBeyond(view, rung.resource()) < kLeastAtTop;
    // Until the first full trainings end, twice the share goes to the top: trials that wait there
    // have passed every selection but the last, and otherwise few full trainings would run beside
    // the first.
    const double shares = model_comes && k > 1 && k + 1 == rungs.size() ? 2 : 1;
    auto candidate = early ? EarlyOfRung(view, rungs, rung, shares)
                           : BestOfRung(view, rung, last_call ? 1 : 0, shares);
    if (candidate && allowance.MayPromote(*candidate->trial, rungs[k]))
      return Promotion{candidate->trial->id, rungs[k], std::move(candidate->diagnostics)};
  }
  if (may_create) return Creation{rungs.front(), -1};
  return allowance.Nothing();
}

// Would one more worker only spend the budget of resource before the model can learn from it?
bool EnoughTrain(const StudyView& view, const std::vector<std::int64_t>& rungs) {
  const auto& budget = view.state.budget().resource;
  if (!budget || rungs.size() == 1) return false;
  const double at_once = *budget / (kTrainingsInTurn * static_cast<double>(rungs.back()));
  return static_cast<double>(view.state.counts().running + 1) > std::max(kAlwaysAtOnce, at_once);
}

}  // namespace

Decision AshaPolicy::Decide(const StudyView& view, bool can_create, bool priced) const {
  const std::vector<std::int64_t> rungs = AshaRungs(view.spec.algorithm);
  if (priced && EnoughTrain(view, rungs))
    return Decline{
        "waiting for results: more workers at once would spend the resource budget without them",
        false};
  Allowance careful(view, can_create);
  careful.KeepBackFor(rungs.back());
  Decision decision = Step(view, rungs, careful, priced);
  const auto* nothing = std::get_if<Decline>(&decision);
  if (nothing == nullptr || !nothing->final || !careful.kept_back()) return decision;
  // The resource that was kept back is of no use any more, because the trials that needed it were
  // stopped.
  Allowance everything(view, can_create);
  return Step(view, rungs, everything, priced);
}

}  // namespace faretto
