#include "scheduler/fidelity/hyperband_policy.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "scheduler/fidelity/allowance.h"
#include "scheduler/fidelity/stage_promotion.h"
#include "study/rungs.h"

namespace faretto {
namespace {

using Members = std::vector<const Trial*>;

bool IsOver(const Trial& trial) {
  return trial.state == TrialState::kFailed || trial.state == TrialState::kStopped;
}

// Nothing more comes from this member at this stage.
bool HasEnded(const Trial& trial, std::int64_t resource) {
  return IsOver(trial) || trial.reached >= resource;
}

// A member that failed or was stopped keeps its slot and ranks last at the stage where that
// happened. At earlier stages it keeps its rank; otherwise other members would go on from there in
// its place.
Standing StageStanding(const StudyView& view, const Trial& trial, std::int64_t resource) {
  if (IsOver(trial) && trial.target <= resource) return {.trial = trial.id, .failed = true};
  return StandingByReport(view.spec, trial, resource);
}

// The members of the next stage. Those that were sent there stay there: a trial that lost its
// checkpoint may report other values when it is trained again.
Members NextStage(const StudyView& view, const Members& stage, std::int64_t resource,
                  std::size_t places) {
  std::vector<Standing> standings;
  for (const Trial* trial : stage) standings.push_back(StageStanding(view, *trial, resource));
  Members next;
  for (const std::size_t i : PromotedFromStage(standings, places)) next.push_back(stage[i]);
  Members sent;
  for (const Trial* trial : stage) {
    if (trial->target > resource && std::find(next.begin(), next.end(), trial) == next.end())
      sent.push_back(trial);
  }
  while (next.size() + sent.size() > places) {
    const auto unsent = std::find_if(next.rbegin(), next.rend(),
                                     [&](const Trial* trial) { return trial->target <= resource; });
    if (unsent == next.rend()) break;
    next.erase(std::prev(unsent.base()));
  }
  next.insert(next.end(), sent.begin(), sent.end());
  return next;
}

// One bracket as it stands.
class Bracket {
 public:
  Bracket(const HyperbandBracket& table, Members members, std::int64_t number)
      : table_(table), members_(std::move(members)), number_(number) {}

  std::optional<Creation> FreePlace() const {
    if (members_.size() >= Size(0)) return std::nullopt;
    return Creation{table_.resources[0], number_};
  }

  // The first promotion that is due and that the budget allows. `as_it_is`: the bracket gets no
  // more members, and a member that the budget does not let go on does not keep its stage waiting.
  std::optional<Promotion> Due(const StudyView& view, Allowance& allowance, bool as_it_is) const {
    if (FreePlace() && !as_it_is && !allowance.creation_is_over()) return std::nullopt;
    if (IsOver()) return std::nullopt;
    Members stage = members_;
    for (std::size_t i = 0; i + 1 < table_.resources.size() && !stage.empty(); ++i) {
      const std::int64_t resource = table_.resources[i];
      if (!std::all_of(stage.begin(), stage.end(),
                       [&](const Trial* trial) { return HasEnded(*trial, resource); }))
        return std::nullopt;
      Members next = NextStage(view, stage, resource, Places(i + 1));
      for (const Trial* trial : next) {
        const std::int64_t target = table_.resources[i + 1];
        if (trial->state == TrialState::kPaused && trial->target == resource &&
            allowance.MayPromote(*trial, target))
          return Promotion{trial->id, target, Json{{"bracket", number_}, {"stage", i + 1}}};
      }
      if (as_it_is) {
        next.erase(std::remove_if(next.begin(), next.end(),
                                  [&](const Trial* trial) { return trial->target <= resource; }),
                   next.end());
      }
      stage = std::move(next);
    }
    return std::nullopt;
  }

 private:
  // A quick test for most brackets of a long study: every stage has sent on as many members as it
  // has places for.
  bool IsOver() const {
    for (std::size_t i = 0; i + 1 < table_.resources.size(); ++i) {
      const auto sent = std::count_if(members_.begin(), members_.end(), [&](const Trial* trial) {
        return trial->target > table_.resources[i];
      });
      if (static_cast<std::size_t>(sent) < Places(i + 1)) return false;
    }
    return true;
  }
  std::size_t Size(std::size_t stage) const {
    return static_cast<std::size_t>(table_.configurations[stage]);
  }
  // A bracket that stayed short of members has fewer places.
  std::size_t Places(std::size_t stage) const {
    if (members_.size() >= Size(0)) return Size(stage);
    return std::max<std::size_t>(1, members_.size() * Size(stage) / Size(0));
  }

  const HyperbandBracket& table_;
  Members members_;  // by id: the order of the first stage
  std::int64_t number_;
};

Decision Step(const StudyView& view, const std::vector<HyperbandBracket>& table,
              Allowance& allowance, bool as_it_is) {
  std::map<std::int64_t, Members> members;
  for (const Trial& trial : view.state.trials())
    if (trial.bracket >= 0) members[trial.bracket].push_back(&trial);
  // Looks one round of brackets ahead, because the next one may cost more than the budget leaves.
  const std::int64_t opened = members.empty() ? 0 : members.rbegin()->first + 1;
  const auto rows = static_cast<std::int64_t>(table.size());
  for (std::int64_t number = 0; number < opened + rows; ++number) {
    const auto row = static_cast<std::size_t>(number % rows);
    const auto known = members.find(number);
    const Bracket bracket(table[row], known == members.end() ? Members{} : known->second, number);
    if (auto promotion = bracket.Due(view, allowance, as_it_is)) return std::move(*promotion);
    const auto creation = bracket.FreePlace();
    if (creation && allowance.MayCreate(creation->resource)) return *creation;
  }
  return allowance.Nothing();
}

bool IsFinal(const Decision& decision) {
  const auto* nothing = std::get_if<Decline>(&decision);
  return nothing != nullptr && nothing->final;
}

}  // namespace

Decision HyperbandPolicy::Decide(const StudyView& view, bool can_create, bool /*priced*/) const {
  const std::vector<HyperbandBracket> table = HyperbandBrackets(view.spec.algorithm);
  const std::int64_t top = table.front().resources.back();
  Allowance careful(view, can_create);
  careful.KeepBackFor(top);
  Decision decision = Step(view, table, careful, false);
  if (!IsFinal(decision) || !careful.kept_back()) return decision;
  // The resource that was kept back is for the brackets as they are.
  Allowance last(view, can_create);
  last.KeepBackFor(top);
  decision = Step(view, table, last, true);
  if (!IsFinal(decision)) return decision;
  // The resource that was kept back is of no use any more: every trial that needed it failed.
  Allowance everything(view, can_create);
  return Step(view, table, everything, false);
}

}  // namespace faretto
