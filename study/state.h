// State of a study: the fold of its events, nothing else. Same events, same state.
// Thread safety: none while Apply runs; const use from any thread otherwise.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "study/event.h"
#include "study/rung_results.h"
#include "study/study_spec.h"
#include "study/trial.h"

namespace faretto {

struct WorkerInfo {
  std::string name;
  std::string instance;
  std::string host;
  std::int64_t pid = 0;
  std::string domain;
  bool present = true;
};

// How many trials there are of some kinds, so that a suggestion need not go through all of them.
struct TrialCounts {
  std::size_t running = 0;
  std::size_t failed = 0;
};

struct FailuresInARow {
  std::size_t count = 0;
  TrialId newest = -1;  // -1: none
};

class StudyState {
 public:
  explicit StudyState(const StudySpec& spec);

  // The same state with another copy of the study file's content, which must outlive it.
  StudyState For(const StudySpec& spec) const;

  // kFailed for an event that cannot follow this state (a damaged store), naming its number.
  Status Apply(const Event& event);

  const std::vector<Trial>& trials() const { return trials_; }  // index = id
  const Trial* FindTrial(TrialId id) const;
  const Trial* FindTrialByKey(const std::string& key) const;
  // What trials have reported where the study compares them, at rising resources.
  const std::vector<RungResults>& rungs() const { return rungs_; }
  // The one at this resource; nullptr unless the study compares trials there.
  const RungResults* ResultsAt(std::int64_t resource) const;
  const TrialCounts& counts() const { return counts_; }
  // Those that wait for a worker.
  const std::set<TrialId>& waiting() const { return waiting_; }
  // Trials that count against budget.trials: all but the imported ones.
  std::int64_t budgeted_trials() const {
    return static_cast<std::int64_t>(trials_.size()) - imported_trials_;
  }
  const std::vector<Job>& jobs() const { return jobs_; }  // index = id
  // Live ones only, by id.
  const std::map<AssignmentId, Assignment>& assignments() const { return assignments_; }
  const std::map<std::string, WorkerInfo>& workers() const { return workers_; }
  const std::map<std::string, RequestRecord>& requests() const { return requests_; }

  std::int64_t sequence() const { return sequence_; }
  double live_s() const { return live_s_; }
  std::int64_t incarnation() const { return incarnation_; }
  std::int64_t next_assignment() const { return next_assignment_; }
  std::int64_t next_suggestion() const { return next_suggestion_; }
  std::optional<std::int64_t> open_suggestion() const { return open_suggestion_; }
  std::int64_t open_basis() const { return open_basis_; }  // of the open one
  // The basis of the next suggestion, if it were requested now (docs/search.md, "Lookahead"): the
  // newest event (no lookahead, or after a decline), else the event that answered the suggestion
  // `lookahead` before it.
  std::int64_t NextBasis() const;
  // The basis that suggestion `suggestion`, the next one or a later one, is sure to have, if all
  // before it make or promote trials; nothing if that is not known yet.
  std::optional<std::int64_t> FutureBasis(std::int64_t suggestion) const;
  // The newest fitted model, nullptr before the first, and the basis of the suggestion that it was
  // fitted for.
  const Json* model() const { return model_ ? &model_->model : nullptr; }
  std::int64_t model_basis() const { return model_ ? model_->basis : 0; }
  const BudgetSpec& budget() const { return budget_; }
  const RetrySpec& retry() const { return retry_; }
  const LimitsSpec& limits() const { return limits_; }

  // Epochs spent by assignments of kind train, and those that live ones will still spend.
  double spent_resource() const { return spent_resource_; }
  double committed_resource() const;
  // What new assignments of kind train may still cost; infinity without a resource budget.
  double remaining_resource() const;

  // Rises with everything that can change a suggestion; a declined one is asked again only after it
  // rose.
  std::int64_t data_version() const { return data_version_; }
  // The newest decline, if nothing has changed since its basis.
  const std::optional<SuggestionDeclined>& decline() const { return decline_; }

  bool stop_requested() const { return stop_requested_; }
  // Trials of workers that failed for good, with no assignment completed in between, since the
  // scheduler started. (An outside program decides itself when it has seen enough failures.)
  const FailuresInARow& failures_in_a_row() const { return failures_in_a_row_; }
  bool finished() const { return finished_; }
  const std::string& finish_reason() const { return finish_reason_; }

  // To be minimised; nothing until it is known (given in the file, or nadir + 10 % of the first 10
  // finished trials).
  const std::optional<std::vector<double>>& reference_point() const { return reference_point_; }

 private:
  struct Folder;                // applies each event type
  friend class MachineStep;     // stores replies
  friend class BasisState;      // takes events back
  friend struct StateSnapshot;  // study/state_snapshot.h

  // What is wrong with the event, or an empty text.
  std::string Fold(const Event& event);
  // With all that depends on the state: waiting_, counts_, rungs_.
  void SetState(Trial& trial, TrialState state);

  const StudySpec* spec_;
  std::vector<Trial> trials_;
  std::vector<RungResults> rungs_;  // what the reports of trials_ say
  std::unordered_map<std::string, TrialId> by_key_;
  std::set<TrialId> waiting_;
  TrialCounts counts_;
  std::int64_t imported_trials_ = 0;
  std::vector<Job> jobs_;
  std::map<AssignmentId, Assignment> assignments_;
  std::map<std::string, WorkerInfo> workers_;
  std::map<std::string, RequestRecord> requests_;
  BudgetSpec budget_;
  RetrySpec retry_;
  LimitsSpec limits_;
  std::int64_t sequence_ = 0;
  double live_s_ = 0;
  std::int64_t incarnation_ = 0;
  std::int64_t next_assignment_ = 0;
  std::int64_t next_suggestion_ = 0;
  std::optional<std::int64_t> open_suggestion_;
  std::int64_t open_basis_ = 0;
  std::vector<std::int64_t> answers_;  // number of the event that answered suggestion k
  bool restart_lookahead_ = false;     // the next suggestion knows everything
  std::int64_t lookahead_floor_ = 0;   // the basis of the last one that did
  std::optional<ModelFitted> model_;
  double spent_resource_ = 0;
  std::int64_t data_version_ = 0;
  std::int64_t changed_at_ = 0;  // number of the event that raised it last
  std::optional<SuggestionDeclined> decline_;
  bool stop_requested_ = false;
  FailuresInARow failures_in_a_row_;
  bool finished_ = false;
  std::string finish_reason_;
  std::optional<std::vector<double>> reference_point_;
};

}  // namespace faretto
