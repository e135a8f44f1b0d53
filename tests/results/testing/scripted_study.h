// A study driven by hand through the core, with its events in the batches that a shell would store.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "results/store/history.h"
#include "study/machine.h"

namespace faretto {

// Objectives error (reference 1) and rank_disparity (reference 0.5), error at most 0.9; parameters
// edge, optimizer, lr_sgd (active for SGD); rungs 2, 6, 18.
Json ScriptedStudyJson();
StudySpec ScriptedSpec();
StudySpec SpecFrom(const Json& json);

class ScriptedStudy {
 public:
  explicit ScriptedStudy(const StudySpec& spec = ScriptedSpec(),
                         const std::vector<std::string>& baselines = {});
  // The core points into itself.
  ScriptedStudy(const ScriptedStudy&) = delete;
  ScriptedStudy& operator=(const ScriptedStudy&) = delete;

  const Machine& machine() const { return machine_; }
  StudyView view() const { return machine_.view(); }
  const std::vector<Event>& log() const { return log_; }
  // One entry a command.
  const std::vector<std::vector<Event>>& batches() const { return batches_; }
  const StudyHistory& history() const { return history_; }

  void Hello(const std::string& worker, const std::string& instance = "a");
  // The worker's next assignment; a new configuration or the promotion asked for below.
  Json Ask(const std::string& worker);
  void PromoteNext(TrialId trial, std::int64_t resource);
  Outcome Report(const std::string& worker, const Json& assignment, std::int64_t resource,
                 const Metrics& values);
  // Reports at every epoch, saves and completes.
  void Train(const std::string& worker, const Json& assignment, const Metrics& values);
  void Complete(const std::string& worker, const Json& assignment, const Metrics& values);
  void Fail(const std::string& worker, const Json& assignment, const std::string& reason,
            const std::string& log = "");
  void HandBack(const std::string& worker, const Json& assignment);
  void Stop(TrialId trial);
  void Retry(TrialId trial);
  void Retrain(TrialId trial, std::int64_t seeds);
  void StopStudy();
  void Restart();
  void Tick(double seconds);

  // A trial trained straight to `resource`.
  TrialId Trained(const Metrics& values, std::int64_t resource = 18);

 private:
  Outcome Keep(Outcome outcome);
  Request Next(const std::string& client) { return {client, ++numbers_[client]}; }
  Suggestion Propose();

  double now_ = 0;
  Machine machine_;
  StudySpec spec_;
  StudyState mirror_;  // follows the events, so that the history can be kept
  StudyHistory history_;
  std::vector<Event> log_;
  std::vector<std::vector<Event>> batches_;
  std::map<std::string, std::int64_t> numbers_;
  std::deque<Promotion> promotions_;
  std::uint64_t proposals_ = 0;
};

// Every kind of event at least once: promotions, failures, retries, losses, late reports, drained
// and stopped trials, reference lines, retraining, the end and a second start.
class EventfulStudy : public ScriptedStudy {
 public:
  EventfulStudy();
};

}  // namespace faretto
