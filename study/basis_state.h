// The study as a suggestion may know it: the state at its basis, plus everything that happened
// between basis and request except results (docs/search.md, "Lookahead").
//
//   BasisState basis(spec);
//   for (const Event& event : record) basis.Take(event);
//   Suggest({spec, basis.Of({i, b})}, i);
//
// Instead of copying the state for every suggestion, one state is kept that lags behind the record,
// with the events since then. A suggestion costs time proportional to the events since its basis,
// and a pass over a whole record is linear. Only Ahead works on a copy, since the record may go on
// differently from what was expected: a copy takes about a millisecond for 1,000 trials, a
// suggestion of `bo` more than a hundred.
//
// Thread safety: the returned state may be read on another thread while Take is called; every other
// call must wait until that reader is done.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>

#include "study/event.h"
#include "study/state.h"

namespace faretto {

class BasisState {
 public:
  explicit BasisState(const StudySpec& spec);
  // At this state of a record without lookahead.
  explicit BasisState(const StudyState& state);
  ~BasisState();

  // The next event of the record, which a StudyState has accepted.
  void Take(const Event& event);
  // The same as Take and then Advance(basis), without copying the event where possible.
  void TakeAndAdvance(const Event& event, std::int64_t basis);

  // The state that this suggestion of the record knows. It holds every event up to `basis`, and of
  // those between `basis` and the request: trials that were made, promoted, imported or stopped,
  // fitted models, and the settings of scheduler starts, but no results. A trial that was made or
  // promoted since the basis counts as running without reports; so does a trial that waits for a
  // worker at the basis, if the budget covers it. `basis` must not fall from call to call. The
  // result is valid until the next call.
  const StudyState& Of(const SuggestionRequested& requested);

  // As Of, for a suggestion that has not been requested yet: assumes that the record goes on with
  // the `expected` answers to the suggestions before it. `lowest` is the lowest basis that may
  // still be asked for if it goes on differently. Valid until the next call of Ahead.
  const StudyState& Ahead(const SuggestionRequested& requested, std::span<const EventBody> expected,
                          std::int64_t lowest);

  // Promises that no later suggestion has a lower basis, so that earlier events can be forgotten.
  void Advance(std::int64_t basis);

  // With lookahead: a hash of the events, in order, that a suggestion knows whatever its basis is.
  // Two suggestions with the same basis and fingerprint know the same.
  std::uint64_t fingerprint() const { return fingerprint_; }
  static std::uint64_t Fingerprint(std::uint64_t before, const EventBody& body);

 private:
  struct Saved;  // the parts of state_ that later events have changed, as they were before

  BasisState(const StudyState& state, const std::deque<Event>& later);
  bool looks_ahead() const { return state_.spec_->algorithm.lookahead > 0; }
  static auto SmallFields(StudyState& state);
  void Save();
  void Restore();
  void Know(const Event& event);
  void Fold(const Event& event);
  void Touch(TrialId id);
  void RunWaiting();
  void Run(TrialId id);

  StudyState state_;                   // the one that Of returned last
  std::deque<Event> later_;            // the record after it
  std::unique_ptr<Saved> saved_;       // null: state_ holds no later events
  std::unique_ptr<BasisState> ahead_;  // the copy that Ahead gave out last
  std::uint64_t fingerprint_ = 0;
};

}  // namespace faretto
