// One step of the machine: collects events and applies them as they are made. Private to study/.
#pragma once

#include <optional>
#include <string>

#include "study/machine.h"

namespace faretto {

class MachineStep {
 public:
  MachineStep(Machine& machine, double now)
      : machine_(machine), now_(std::max(now, machine.state_.live_s())) {}

  Machine& machine() { return machine_; }
  const StudyState& state() const { return machine_.state_; }
  const StudySpec& spec() const { return machine_.spec_; }
  double now() const { return now_; }

  // Makes an event and applies it. An event that the state refuses is a programmer error.
  void Emit(EventBody body);

  // The stored reply, if this request has been answered before; an error reply if it is older than
  // the newest.
  std::optional<Outcome> Repeated(const Request& request) const;

  // Ends the step: the reply is stored with the last event, if there is one.
  Outcome Answer(const Request& request, Reply reply);
  Outcome Refuse(ErrorKind kind, const std::string& message);
  Outcome Events() { return {std::move(events_), {}}; }
  Outcome Parked();
  Outcome NeedSuggestion();

  // The live assignment that the reference names, if its fence is right.
  const Assignment* Live(const AssignmentRef& ref) const;

  // Gives out the next thing to do; the reply, or nothing if there is none.
  std::optional<WorkAssigned> AssignReady(const std::string& worker, bool leased);
  WorkAssigned AssignTrial(const Trial& trial, const std::string& worker, bool leased);
  WorkAssigned AssignJob(const Job& job, const std::string& worker, bool leased);

  // The configuration's doing, or the machine's.
  void FailAssignment(const Assignment& assignment, const std::string& reason,
                      const std::string& log);
  void LoseAssignment(const Assignment& assignment, const std::string& reason);

  bool budget_allows_suggestion() const;
  bool wall_clock_over() const;
  // Failed trials cost no resource, so a cause outside of the configurations would never end.
  bool everything_fails() const;
  // Can this waiting trial still be run within the budget, by this worker, or by the one that needs
  // least for it?
  bool Fits(const Trial& trial, const std::string& worker, bool leased) const;
  bool FitsSomebody(const Trial& trial) const;
  // Is there as much left of the budget as the trial costs from `from` on?
  bool BudgetCovers(const Trial& trial, std::int64_t from) const;

  // Why the answer to a suggestion cannot be followed any more; empty if it can.
  std::string WhyIgnored(const Suggestion& suggestion) const;

  // A new suggestion for the request, or the end of the study, or nothing for now.
  Outcome SuggestOrPark(Machine::OpenRequest open);

  // After everything else in a step: reference point, end of the study.
  void Settle();

 private:
  const Checkpoint* UsableCheckpoint(const Trial& trial, const std::string& worker) const;
  // Numbers the assignment, makes its event and starts its lease.
  WorkAssigned Assign(Assigned assigned, std::uint64_t seed, const Checkpoint* checkpoint);
  void MaybeSetReferencePoint();
  void MaybeFinish();

  Machine& machine_;
  double now_;
  bool outside_ = false;  // an outside program (ask-tell) asked for work
  std::vector<Event> events_;
};

}  // namespace faretto
