// Where a service gets its suggestions from: quick ones at once, others from a model thread, and
// with lookahead ahead of time. What a suggestion knows is the machine's business (BasisView); here
// is decided only when it is computed.
//
// Thread safety: none; one owner, whose loop calls Next when `done` has been called.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "scheduler/service/model_thread.h"
#include "study/machine.h"

namespace faretto {

class Suggester {
 public:
  using Compute = ModelThread::Compute;
  // Is the suggestion on this view a matter of milliseconds?
  using IsQuick = std::function<bool(const StudyView&)>;

  // The machine keeps its basis (Machine::KeepBasis). Without `quick` nothing is.
  Suggester(Machine& machine, Compute suggest, IsQuick quick, std::function<void()> done);

  // The answer to the open suggestion if it is at hand: computed ahead, or quick. Nothing: it
  // comes out of Next later on.
  std::optional<Suggestion> AtHand();
  // The answer to the open suggestion, if it has become known. Keeps the thread busy: with the open
  // suggestion, else, if `ahead`, with the ones that lookahead lets know their basis already.
  std::optional<Suggestion> Next(bool ahead);

 private:
  // A suggestion that is being computed or waits to be asked for.
  struct Draft {
    SuggestionRequested requested;
    std::uint64_t fingerprint = 0;  // of what it knows
    TrialId next_trial = 0;         // the id that a new trial would get
    std::optional<Suggestion> answer;
    std::vector<EventBody> events;  // that the answer will become
    bool leads_on = false;          // to a trial: what comes after it can be computed
  };

  bool FitsOpen(const Draft& draft) const;
  void Collect();
  void Prune();
  void StartOpen();
  void StartAhead();
  void Start(const SuggestionRequested& requested, std::uint64_t fingerprint, StudyView view);

  Machine& machine_;
  const Compute suggest_;
  const IsQuick quick_;
  std::uint64_t open_fingerprint_ = 0;  // of what the open suggestion knows
  std::optional<std::int64_t> seen_open_;
  std::deque<Draft> ready_;            // consecutive suggestions, the next one first
  std::optional<Draft> current_;       // the thread's
  const StudyState* known_ = nullptr;  // what that one knows
  ModelThread thread_;                 // ends first
};

}  // namespace faretto
