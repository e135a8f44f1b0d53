#include "study/state.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "study/rungs.h"

namespace faretto {

StudyState::StudyState(const StudySpec& spec)
    : spec_(&spec), budget_(spec.budget), retry_(spec.retry), limits_(spec.limits) {
  for (const std::int64_t resource : ComparisonRungs(spec.algorithm))
    rungs_.emplace_back(spec, resource);
  std::vector<double> reference;
  for (const Objective& objective : spec.objectives) {
    const auto given = MinimizedReference(objective);
    if (!given) return;
    reference.push_back(*given);
  }
  reference_point_ = std::move(reference);
}

StudyState StudyState::For(const StudySpec& spec) const {
  StudyState copy = *this;
  copy.spec_ = &spec;
  for (RungResults& rung : copy.rungs_) rung.Follow(spec);
  return copy;
}

void StudyState::SetState(Trial& trial, TrialState state) {
  const TrialState before = std::exchange(trial.state, state);
  if (before == state) return;
  if (before == TrialState::kWaiting) waiting_.erase(trial.id);
  if (state == TrialState::kWaiting) waiting_.insert(trial.id);
  if (before == TrialState::kRunning) --counts_.running;
  if (state == TrialState::kRunning) ++counts_.running;
  if (before == TrialState::kFailed) --counts_.failed;
  if (state == TrialState::kFailed) ++counts_.failed;
  const bool results_change = before == TrialState::kFailed || state == TrialState::kFailed;
  for (RungResults& rung : rungs_) results_change ? rung.Update(trial) : rung.Judge(trial);
}

Status StudyState::Apply(const Event& event) {
  const auto number = [&] { return "event " + std::to_string(event.sequence); };
  if (event.sequence != sequence_ + 1) {
    return Failed(number() + " follows event " + std::to_string(sequence_) +
                  ": the record has a gap");
  }
  const std::string problem = Fold(event);
  if (!problem.empty()) {
    return Failed(number() + " (" + std::string(EventName(event.body)) + ") " + problem);
  }
  sequence_ = event.sequence;
  live_s_ = std::max(live_s_, event.live_s);
  if (event.request) requests_[event.request->client] = *event.request;
  return Ok{};
}

const Trial* StudyState::FindTrial(TrialId id) const {
  return id >= 0 && id < static_cast<TrialId>(trials_.size())
             ? &trials_[static_cast<std::size_t>(id)]
             : nullptr;
}

const Trial* StudyState::FindTrialByKey(const std::string& key) const {
  const auto it = by_key_.find(key);
  return it == by_key_.end() ? nullptr : &trials_[static_cast<std::size_t>(it->second)];
}

const RungResults* StudyState::ResultsAt(std::int64_t resource) const {
  for (const RungResults& rung : rungs_)
    if (rung.resource() == resource) return &rung;
  return nullptr;
}

std::int64_t StudyState::NextBasis() const {
  if (spec_->algorithm.lookahead == 0 || restart_lookahead_) return sequence_;
  return *FutureBasis(next_suggestion_);
}

std::optional<std::int64_t> StudyState::FutureBasis(std::int64_t suggestion) const {
  const std::int64_t lookahead = spec_->algorithm.lookahead;
  if (lookahead == 0 || restart_lookahead_ || open_suggestion_) return std::nullopt;
  if (suggestion < lookahead) return lookahead_floor_;
  const auto before = static_cast<std::size_t>(suggestion - lookahead);
  if (before >= answers_.size()) return std::nullopt;
  return std::max(answers_[before], lookahead_floor_);
}

double StudyState::committed_resource() const {
  double sum = 0;
  for (const auto& [id, assignment] : assignments_) {
    if (assignment.kind != AssignmentKind::kTrain) continue;
    sum += static_cast<double>(std::max<std::int64_t>(0, assignment.to - assignment.reported));
  }
  return sum;
}

double StudyState::remaining_resource() const {
  if (!budget_.resource) return std::numeric_limits<double>::infinity();
  return *budget_.resource - spent_resource_ - committed_resource();
}

}  // namespace faretto
