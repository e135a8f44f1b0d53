// What a suggestion knows: the state at its basis, and of what came later everything but results
// (docs/search.md, "Lookahead").
//
//   BasisState basis(spec);
//   for (const Event& event : record) basis.Take(event);
//   Suggest({spec, basis.Of({i, b})}, i);
//
// One state is kept that lags behind the record, and the events since; nothing big is copied, so
// that a suggestion costs the events since its basis and a whole record is gone through in linear
// time. (Ahead keeps a second state, and copies it when what was expected does not come.)
//
// Thread safety: the returned state may be read on another thread while Take is called; every other
// call needs that reader to be done.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>

#include "study/event.h"
#include "study/state.h"

namespace faretto {

class BasisState {
 public:
  explicit BasisState(const StudySpec& spec);
  ~BasisState();

  // The next event of the record, which a StudyState has accepted.
  void Take(const Event& event);
  // Take and Advance(basis) in one, without a copy where that can be.
  void TakeAndAdvance(const Event& event, std::int64_t basis);

  // The state that this suggestion of the record knows: every event up to `basis`; of the later
  // ones, up to its request, the trials that were made, promoted, imported and stopped, the fitted
  // models and the settings of scheduler starts, but no result. A trial that was made or promoted
  // since is running and has no reports; so is one that waits for a worker at the basis, if the
  // budget covers it. `basis` never falls from call to call. Valid until the
  // next call.
  const StudyState& Of(const SuggestionRequested& requested);

  // As Of, for a suggestion that has not been requested yet: the record as it stands, going on with
  // the `expected` answers to the suggestions before it. `lowest` is the lowest basis that may
  // still be asked for, should the record go on otherwise.
  const StudyState& Ahead(const SuggestionRequested& requested, std::span<const EventBody> expected,
                          std::int64_t lowest);

  // No suggestion will have a lower basis: what came up to it is forgotten.
  void Advance(std::int64_t basis);

  // With lookahead: identifies the events that suggestions know whatever their basis, in order. Two
  // suggestions with the same basis and fingerprint know the same.
  std::uint64_t fingerprint() const { return fingerprint_; }
  static std::uint64_t Fingerprint(std::uint64_t before, const EventBody& body);

 private:
  struct Saved;  // what the knowledge of later events has changed, as it was

  bool looks_ahead() const { return state_.spec_->algorithm.lookahead > 0; }
  static auto SmallFields(StudyState& state);
  void GoTo(std::int64_t basis);
  void Save();
  void Restore();
  void Know(const Event& event);
  void Fold(const Event& event);
  void Touch(TrialId id);
  void RunWaiting();
  void Run(TrialId id);

  StudyState state_;                // what was asked for last
  std::optional<StudyState> safe_;  // at the lowest basis that may still be asked for; Ahead only
  std::deque<Event> later_;         // what comes after both, or after safe_
  std::unique_ptr<Saved> saved_;    // null: state_ is the plain fold
  std::uint64_t fingerprint_ = 0;
};

}  // namespace faretto
