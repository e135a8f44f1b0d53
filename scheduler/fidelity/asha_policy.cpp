#include "scheduler/fidelity/asha_policy.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "scheduler/fidelity/allowance.h"
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

// The best trial that waits at the rung and is among the best share of it.
std::optional<Candidate> BestWaiting(const StudyView& view, std::int64_t rung,
                                     std::size_t at_least) {
  std::vector<Standing> standings;
  bool any_waits = false;
  for (const Trial& trial : view.state.trials()) {
    if (!IsMember(trial, rung)) continue;
    any_waits = any_waits || WaitsAt(trial, rung);
    standings.push_back(StandingAt(view.spec, trial, rung));
  }
  if (!any_waits) return std::nullopt;
  const double share = static_cast<double>(standings.size()) / view.spec.algorithm.reduction_factor;
  const std::size_t places = std::max(at_least, static_cast<std::size_t>(share + 1e-9));
  if (places == 0) return std::nullopt;
  const std::vector<RankedTrial> ranked = RankTrials(standings, places);
  for (std::size_t place = 0; place < ranked.size(); ++place) {
    const Standing& standing = standings[ranked[place].index];
    const Trial* trial = view.state.FindTrial(standing.trial);
    if (standing.failed || !WaitsAt(*trial, rung)) continue;
    return Candidate{trial, Json{{"rung", rung},
                                 {"members", standings.size()},
                                 {"place", place + 1},
                                 {"layer", ranked[place].layer}}};
  }
  return std::nullopt;
}

}  // namespace

Decision AshaPolicy::Decide(const StudyView& view, bool can_create) const {
  Allowance allowance(view, can_create);
  const std::vector<std::int64_t> rungs = AshaRungs(view.spec.algorithm);
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
