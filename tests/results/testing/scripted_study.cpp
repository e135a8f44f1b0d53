#include "tests/results/testing/scripted_study.h"

#include <stdexcept>
#include <utility>

#include "tests/study/reply_json.h"

namespace faretto {

Json ScriptedStudyJson() {
  return *ParseJson(R"({
    "name": "scripted", "seed": 7,
    "space": {"parameters": [
      {"name": "edge", "type": "categorical", "choices": ["0", "1", "2", "3", "4", "5", "6", "7"]},
      {"name": "optimizer", "type": "categorical", "choices": ["Adam", "SGD"]},
      {"name": "lr_sgd", "type": "float", "low": 0.01, "high": 1, "log": true},
      {"name": "batch", "type": "ordinal", "choices": [16, 32, 64]}],
      "conditions": [{"parameter": "lr_sgd", "active_when": {"optimizer": ["SGD"]}}]},
    "objectives": [{"name": "error", "reference": 1}, {"name": "rank_disparity", "reference": 0.5}],
    "constraints": [{"metric": "error", "at_most": 0.9}],
    "algorithm": {"searcher": "random", "fidelity": "asha", "min_resource": 2, "max_resource": 18},
    "budget": {"resource": 1000},
    "retry": {"max_attempts": 2}
  })");
}

StudySpec SpecFrom(const Json& json) {
  auto spec = ParseStudy(DumpJson(json), StudyUse::kAskTell);
  if (!spec.ok()) throw std::runtime_error(spec.error().message);
  return std::move(*spec);
}

StudySpec ScriptedSpec() { return SpecFrom(ScriptedStudyJson()); }

ScriptedStudy::ScriptedStudy(const StudySpec& spec, const std::vector<std::string>& baselines)
    : machine_(spec), spec_(spec), mirror_(spec_) {
  Keep(machine_.Start({"host", 1, "build", "isa"}, baselines, now_));
}

Outcome ScriptedStudy::Keep(Outcome outcome) {
  for (Event& event : outcome.events) {
    event.unix_s = 1.7e9 + now_;
    history_.Before(event, mirror_);
    if (const Status applied = mirror_.Apply(event); !applied.ok()) {
      throw std::runtime_error(applied.error().message);
    }
    history_.After(event, mirror_);
    log_.push_back(event);
  }
  if (!outcome.events.empty()) batches_.push_back(outcome.events);
  return outcome;
}

Suggestion ScriptedStudy::Propose() {
  if (!promotions_.empty()) {
    const Promotion promotion = promotions_.front();
    promotions_.pop_front();
    return promotion;
  }
  while (true) {
    RandomStream random(11, "scripted", {proposals_++});
    const Configuration configuration = spec_.space.Sample(random);
    if (machine_.state().FindTrialByKey(spec_.space.CanonicalKey(configuration))) continue;
    return NewTrial{configuration, 2, -1, "test", {{"proposal", proposals_}}};
  }
}

void ScriptedStudy::Hello(const std::string& worker, const std::string& instance) {
  Keep(machine_.Hello(Next(worker), {worker, instance, "host", 5, "domain"}, now_));
}

Json ScriptedStudy::Ask(const std::string& worker) {
  now_ += 1;
  Outcome outcome = Keep(machine_.RequestWork(Next(worker), worker, true, now_));
  if (outcome.needs_suggestion()) outcome = Keep(machine_.AnswerSuggestion(Propose(), now_));
  return JsonOf(outcome);
}

void ScriptedStudy::PromoteNext(TrialId trial, std::int64_t resource) {
  promotions_.push_back({trial, resource, {{"why", "test"}}});
}

namespace {
AssignmentRef RefOf(const Json& assignment) {
  return {assignment["assignment"].get<AssignmentId>(), assignment["fence"].get<std::int64_t>()};
}
}  // namespace

Outcome ScriptedStudy::Report(const std::string& worker, const Json& assignment,
                              std::int64_t resource, const Metrics& values) {
  now_ += 1;
  return Keep(machine_.Report(Next(worker), RefOf(assignment), resource, values, 1, now_));
}

void ScriptedStudy::Train(const std::string& worker, const Json& assignment,
                          const Metrics& values) {
  const auto to = assignment["to"].get<std::int64_t>();
  for (auto epoch = assignment["from"].get<std::int64_t>() + 1; epoch <= to; ++epoch) {
    Metrics early = values;
    // Falls towards the given value, which stands at the target.
    early["error"] += (1 - early["error"]) * static_cast<double>(to - epoch) / 20;
    Report(worker, assignment, epoch, early);
  }
  const std::string file = std::to_string(assignment["trial"].get<TrialId>()) + "/" +
                           std::to_string(to) + "-0-" + assignment["fence"].dump() + ".ckpt";
  Keep(machine_.SaveCheckpoint(Next(worker), RefOf(assignment), to, 0, file, "domain", now_));
  Complete(worker, assignment, {});
}

void ScriptedStudy::Complete(const std::string& worker, const Json& assignment,
                             const Metrics& values) {
  Keep(machine_.Complete(Next(worker), RefOf(assignment), values, now_));
}

void ScriptedStudy::Fail(const std::string& worker, const Json& assignment,
                         const std::string& reason, const std::string& log) {
  Keep(machine_.Fail(Next(worker), RefOf(assignment), reason, log, now_));
}

void ScriptedStudy::HandBack(const std::string& worker, const Json& assignment) {
  Keep(machine_.HandBack(Next(worker), RefOf(assignment), "SIGTERM", now_));
}

void ScriptedStudy::Stop(TrialId trial) { Keep(machine_.StopTrial(Next("cli"), trial, now_)); }
void ScriptedStudy::Retry(TrialId trial) { Keep(machine_.Retry(Next("cli"), trial, now_)); }
void ScriptedStudy::StopStudy() { Keep(machine_.StopStudy(Next("cli"), now_)); }

void ScriptedStudy::Retrain(TrialId trial, std::int64_t seeds) {
  Keep(machine_.Retrain(Next("cli"), trial, seeds, 18, "test", now_));
}

void ScriptedStudy::Restart() { Keep(machine_.Start({"host", 2, "build", "isa"}, {}, now_)); }

void ScriptedStudy::Tick(double seconds) {
  now_ += seconds;
  Keep(machine_.Tick(now_));
}

TrialId ScriptedStudy::Trained(const Metrics& values, std::int64_t resource) {
  const Json assignment = Ask("w");
  const auto trial = assignment["trial"].get<TrialId>();
  Train("w", assignment, values);
  if (resource > 2) {
    PromoteNext(trial, resource);
    Train("w", Ask("w"), values);
  }
  return trial;
}

EventfulStudy::EventfulStudy() : ScriptedStudy(ScriptedSpec(), {"pixels"}) {
  Hello("w");
  Complete("w", Ask("w"), {{"error", 0.22}, {"rank_disparity", 0.05}});
  Trained({{"error", 0.3}, {"rank_disparity", 0.02}});                            // 0: front
  Trained({{"error", 0.1}, {"rank_disparity", 0.2}});                             // 1: front
  Trained({{"error", 0.3}, {"rank_disparity", 0.1}});                             // 2: dominated
  Trained({{"error", 0.95}, {"rank_disparity", 0.001}});                          // 3: infeasible
  Trained({{"error", 0.1}, {"rank_disparity", 0.2}, {"rank_disparity_low", 0}});  // 4: ties 1
  Trained({{"error", 0.05}, {"rank_disparity", 0.01}}, 6);  // 5: below the top
  const Json crashed = Ask("w");                            // 6: fails for good
  Report("w", crashed, 1, {{"error", 0.9}, {"rank_disparity", 0.1}});
  Fail("w", crashed, "exit status 134", "abort\n\"quoted\" line");
  Fail("w", Ask("w"), "exit status 134", "abort");
  Fail("w", Ask("w"), "collapsed");  // 7: retried, then lost
  Retry(7);
  const Json lost = Ask("w");
  Tick(Machine::kLeaseS + 1);
  Report("w", lost, 1, {{"error", 0.5}, {"rank_disparity", 0.1}});  // too late
  Hello("v");
  HandBack("v", Ask("v"));
  Ask("v");
  Hello("v", "b");  // another process under that name: the assignment is lost
  const Json stopped = Ask("v");
  Stop(stopped["trial"].get<TrialId>());
  Retrain(0, 2);
  Complete("w", Ask("w"), {{"error", 0.31}, {"rank_disparity", 0.03}});
  Complete("w", Ask("w"), {{"error", 0.33}, {"rank_disparity", 0.04}});
  Trained({{"error", 0.6}, {"rank_disparity", 0.01}}, 2);  // 8: paused, stopped by the end
  StopStudy();
  Tick(1);
  Restart();
}

}  // namespace faretto
