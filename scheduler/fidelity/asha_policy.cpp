#include "scheduler/fidelity/asha_policy.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <vector>

#include "scheduler/fidelity/allowance.h"
#include "scheduler/surrogates/promotion_values.h"
#include "study/rungs.h"
#include "study/standings.h"

namespace faretto {
namespace {

// Has the trial been judged at this rung? A failed one has where it was sent, and below.
bool IsMember(const Trial& trial, std::int64_t rung) {
  if (trial.state == TrialState::kFailed) return trial.target >= rung;
  return (trial.reached >= rung || trial.target > rung) && trial.ReportAt(rung) != nullptr;
}

bool WaitsAt(const Trial& trial, std::int64_t rung) {
  return trial.state == TrialState::kPaused && trial.target == rung;
}

struct Candidate {
  const Trial* trial;
  Json diagnostics;
};

// Trials that are compared at a rung.
struct Members {
  std::vector<Standing> standings;
  bool any_waits = false;
};

Members MembersAt(const StudyView& view, std::int64_t rung) {
  Members members;
  for (const Trial& trial : view.state.trials()) {
    if (!IsMember(trial, rung)) continue;
    members.any_waits = members.any_waits || WaitsAt(trial, rung);
    members.standings.push_back(StandingAt(view.spec, trial, rung));
  }
  return members;
}

// The best trial that waits at the rung and is among the best share of it.
std::optional<Candidate> BestWaiting(const StudyView& view, std::int64_t rung,
                                     std::size_t at_least) {
  const Members members = MembersAt(view, rung);
  if (!members.any_waits) return std::nullopt;
  const double share =
      static_cast<double>(members.standings.size()) / view.spec.algorithm.reduction_factor;
  const std::size_t places = std::max(at_least, static_cast<std::size_t>(share + 1e-9));
  if (places == 0) return std::nullopt;
  const std::vector<RankedTrial> ranked = RankTrials(members.standings, places);
  for (std::size_t place = 0; place < ranked.size(); ++place) {
    const Standing& standing = members.standings[ranked[place].index];
    const Trial* trial = view.state.FindTrial(standing.trial);
    if (standing.failed || !WaitsAt(*trial, rung)) continue;
    return Candidate{trial, Json{{"rung", rung},
                                 {"members", members.standings.size()},
                                 {"place", place + 1},
                                 {"layer", ranked[place].layer}}};
  }
  return std::nullopt;
}

// The trial that waits at any rung, may go on, and of which the model expects most for its cost.
std::optional<PricedPromotion> MostPromising(const StudyView& view,
                                             const std::vector<std::int64_t>& rungs,
                                             Allowance& allowance) {
  std::vector<TrialId> waiting;
  std::vector<std::int64_t> next;
  for (const Trial& trial : view.state.trials()) {
    for (std::size_t k = 0; k + 1 < rungs.size(); ++k) {
      if (!WaitsAt(trial, rungs[k]) || !trial.ReportAt(rungs[k])) continue;
      waiting.push_back(trial.id);
      next.push_back(rungs[k + 1]);
    }
  }
  const auto values = waiting.empty() ? std::nullopt : PromotionValues(view, waiting);
  if (!values) return std::nullopt;
  std::optional<PricedPromotion> best;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (best && (*values)[i] <= best->log_value) continue;
    if (!allowance.MayPromote(*view.state.FindTrial(waiting[i]), next[i])) continue;
    best =
        PricedPromotion{{waiting[i], next[i], Json{{"log_value", (*values)[i]}}, {}}, (*values)[i]};
  }
  return best;
}

}  // namespace

Decision AshaPolicy::Decide(const StudyView& view, bool can_create) const {
  Allowance allowance(view, can_create);
  const std::vector<std::int64_t> rungs = AshaRungs(view.spec.algorithm);
  if (auto promising = MostPromising(view, rungs, allowance)) {
    // What is begun now could not be trained fully any more.
    const bool late =
        view.state.remaining_resource() < static_cast<double>(view.spec.top_resource());
    if (late || !allowance.MayCreate(rungs.front())) return std::move(promising->promotion);
    return Creation{rungs.front(), -1, std::move(promising)};
  }
  const bool last_call = allowance.creation_is_over() && !allowance.something_runs();
  for (std::size_t k = rungs.size() - 1; k > 0; --k) {
    auto candidate = BestWaiting(view, rungs[k - 1], last_call ? 1 : 0);
    if (candidate && allowance.MayPromote(*candidate->trial, rungs[k]))
      return Promotion{candidate->trial->id, rungs[k], std::move(candidate->diagnostics)};
  }
  if (allowance.MayCreate(rungs.front())) return Creation{rungs.front(), -1};
  return allowance.Nothing();
}

}  // namespace faretto
