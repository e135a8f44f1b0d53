#include "study/state_snapshot.h"

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "base/byte_codec.h"
#include "base/hash.h"

namespace faretto {
namespace {

// First bytes. The number rises with every change of the fields below, and with every change of
// what an event does to the state: a state folded by the rules of before is not this program's.
// A golden hash in tests/results/store/snapshots_test.cpp notices when it should have risen.
constexpr std::string_view kFormat = "faretto state 1\n";
constexpr std::size_t kHashDigits = 32;

template <class T, class Struct>
concept Is = std::same_as<std::remove_const_t<T>, Struct>;

}  // namespace

// Every member of a struct is named: one that is added and forgotten here does not compile.

template <class Codec, Is<Configuration> T>
void VisitFields(Codec& codec, T& object) {
  auto& [values] = object;
  codec(values);
}

template <class Codec, Is<TrialReport> T>
void VisitFields(Codec& codec, T& object) {
  auto& [resource, values, cost, assignment] = object;
  codec(resource, values, cost, assignment);
}

template <class Codec, Is<Checkpoint> T>
void VisitFields(Codec& codec, T& object) {
  auto& [resource, batch, fence, file, domain] = object;
  codec(resource, batch, fence, file, domain);
}

template <class Codec, Is<Failure> T>
void VisitFields(Codec& codec, T& object) {
  auto& [reason, log] = object;
  codec(reason, log);
}

template <class Codec, Is<Trial> T>
void VisitFields(Codec& codec, T& object) {
  auto& [id, configuration, params, key, origin, suggestion, bracket, seed, state, target, reached,
         reports, checkpoints, attempts, losses, failure, stopped_by_end, assignment, outside] =
      object;
  codec(id, configuration, params, key, origin, suggestion, bracket, seed, state, target, reached,
        reports, checkpoints, attempts, losses, failure, stopped_by_end, assignment, outside);
}

template <class Codec, Is<Job> T>
void VisitFields(Codec& codec, T& object) {
  auto& [id, kind, trial, name, seed, resource, split, state, attempts, losses, values, failure] =
      object;
  codec(id, kind, trial, name, seed, resource, split, state, attempts, losses, values, failure);
}

template <class Codec, Is<Assignment> T>
void VisitFields(Codec& codec, T& object) {
  auto& [id, kind, trial, job, from, to, fence, worker, leased, reported, started_s] = object;
  codec(id, kind, trial, job, from, to, fence, worker, leased, reported, started_s);
}

template <class Codec, Is<WorkerInfo> T>
void VisitFields(Codec& codec, T& object) {
  auto& [name, instance, host, pid, domain, present] = object;
  codec(name, instance, host, pid, domain, present);
}

template <class Codec, Is<RequestRecord> T>
void VisitFields(Codec& codec, T& object) {
  auto& [client, number, reply] = object;
  codec(client, number, reply);
}

template <class Codec, Is<BudgetSpec> T>
void VisitFields(Codec& codec, T& object) {
  auto& [trials, resource, wall_clock_s] = object;
  codec(trials, resource, wall_clock_s);
}

template <class Codec, Is<RetrySpec> T>
void VisitFields(Codec& codec, T& object) {
  auto& [max_attempts, max_lost] = object;
  codec(max_attempts, max_lost);
}

template <class Codec, Is<LimitsSpec> T>
void VisitFields(Codec& codec, T& object) {
  auto& [stall_s, assignment_s] = object;
  codec(stall_s, assignment_s);
}

template <class Codec, Is<ModelFitted> T>
void VisitFields(Codec& codec, T& object) {
  auto& [suggestion, basis, model] = object;
  codec(suggestion, basis, model);
}

template <class Codec, Is<SuggestionDeclined> T>
void VisitFields(Codec& codec, T& object) {
  auto& [suggestion, reason, final] = object;
  codec(suggestion, reason, final);
}

template <class Codec, Is<FailuresInARow> T>
void VisitFields(Codec& codec, T& object) {
  auto& [count, newest] = object;
  codec(count, newest);
}

struct StateSnapshot {
  template <class Codec, Is<StudyState> T>
  static void Visit(Codec& codec, T& state) {
    auto& [spec, trials, rungs, by_key, waiting, counts, imported_trials, jobs, assignments,
           workers, requests, budget, retry, limits, sequence, live_s, incarnation, next_assignment,
           next_suggestion, open_suggestion, open_basis, answers, restart_lookahead,
           lookahead_floor, model, spent_resource, data_version, changed_at, decline,
           stop_requested, failures_in_a_row, finished, finish_reason, reference_point] = state;
    // What follows from the others, which Derive makes.
    (void)spec, (void)rungs, (void)by_key, (void)waiting, (void)counts;
    codec(trials, imported_trials, jobs, assignments, workers, requests, budget, retry, limits,
          sequence, live_s, incarnation, next_assignment, next_suggestion, open_suggestion,
          open_basis, answers, restart_lookahead, lookahead_floor, model, spent_resource,
          data_version, changed_at, decline, stop_requested, failures_in_a_row, finished,
          finish_reason, reference_point);
  }

  static void Derive(StudyState& state) {
    state.by_key_.reserve(state.trials_.size());
    for (const Trial& trial : state.trials_) {
      state.by_key_.emplace(trial.key, trial.id);
      if (trial.state == TrialState::kWaiting) state.waiting_.insert(trial.id);
      if (trial.state == TrialState::kRunning) ++state.counts_.running;
      if (trial.state == TrialState::kFailed) ++state.counts_.failed;
    }
    for (RungResults& rung : state.rungs_) rung.Assign(state.trials_);
  }
};

std::string EncodeState(const StudyState& state) {
  std::string content;
  ByteWriter writer(content);
  StateSnapshot::Visit(writer, state);
  return std::string(kFormat) + HashHex(content) + content;
}

Result<StudyState> DecodeState(const StudySpec& spec, std::string_view bytes) {
  const Error unusable = Invalid("a snapshot of the state that this program does not read");
  if (!bytes.starts_with(kFormat)) return unusable;
  bytes.remove_prefix(kFormat.size());
  if (bytes.size() < kHashDigits) return unusable;
  const std::string_view hash = bytes.substr(0, kHashDigits);
  bytes.remove_prefix(kHashDigits);
  if (HashHex(bytes) != hash) return unusable;
  StudyState state(spec);
  ByteReader reader(bytes);
  StateSnapshot::Visit(reader, state);
  if (!reader.ok() || !reader.at_end()) return unusable;
  StateSnapshot::Derive(state);
  return state;
}

}  // namespace faretto
