// A machine with workers and a suggestion source of its own.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "study/machine.h"
#include "study_text.h"
#include "tests/study/reply_json.h"

namespace faretto {

// Drives a machine as a service would, with a suggestion source of its own.
class MachineTest : public ::testing::Test {
 protected:
  MachineTest() { Make(StudyJson()); }

  void Make(const Json& json) {
    spec_json_ = json;
    machine_ = std::make_unique<Machine>(SpecOf(json));
    log_.clear();
    Keep(machine_->Start({"host", 1, "build", "isa"}, baselines_, now_));
  }

  // Two epochs for every trial, and a worker "w".
  void MakeWithObjectives(const char* objectives) {
    Json json = StudyJson();
    json["objectives"] = *ParseJson(objectives);
    json["algorithm"] = {{"searcher", "random"}, {"fidelity", "full"}, {"max_resource", 2}};
    Make(json);
    Hello("w");
  }

  Outcome Keep(Outcome outcome) {
    log_.insert(log_.end(), outcome.events.begin(), outcome.events.end());
    return outcome;
  }

  Request Next(const std::string& client) { return {client, ++numbers_[client]}; }

  void Hello(const std::string& worker, const std::string& instance = "a",
             const std::string& domain = "domain") {
    Keep(machine_->Hello(Next(worker), {worker, instance, "host", 5, domain}, now_));
  }

  // One configuration after another along the diagonal; promotes when told to.
  Suggestion Propose() {
    if (promotion_) return *std::exchange(promotion_, std::nullopt);
    if (decline_) return Decline{"waiting for results", false};
    Configuration configuration;
    const double x = static_cast<double>(++proposals_) / 1000.0;
    configuration.values = {x, x};
    return NewTrial{configuration, 2, -1, "test", nullptr};
  }

  Outcome Ask(const std::string& worker, bool leased = true) {
    Outcome outcome = Keep(machine_->RequestWork(Next(worker), worker, leased, now_));
    if (outcome.needs_suggestion()) outcome = Keep(machine_->AnswerSuggestion(Propose(), now_));
    return outcome;
  }

  static AssignmentRef RefOf(const Json& reply) {
    return {reply["assignment"].get<AssignmentId>(), reply["fence"].get<std::int64_t>()};
  }

  void TrainTo(const std::string& worker, const Json& assignment, double f1 = 1, double f2 = 1,
               double f3 = 1) {
    const AssignmentRef ref = RefOf(assignment);
    for (auto epoch = assignment["from"].get<std::int64_t>() + 1;
         epoch <= assignment["to"].get<std::int64_t>(); ++epoch) {
      Metrics values = {{"f1", f1}, {"f2", f2}};
      if (machine_->spec().objectives.size() > 2) values["f3"] = f3;
      Keep(machine_->Report(Next(worker), ref, epoch, values, 1, now_));
    }
    SaveAt(worker, assignment, assignment["to"].get<std::int64_t>());
    Keep(machine_->Complete(Next(worker), ref, {}, now_));
  }

  Json SaveAt(const std::string& worker, const Json& assignment, std::int64_t resource) {
    const std::string file = "0/" + std::to_string(resource) + "-" +
                             std::to_string(assignment["fence"].get<int>()) + ".ckpt";
    return JsonOf(Keep(machine_->SaveCheckpoint(Next(worker), RefOf(assignment), resource, 0, file,
                                                "domain", now_)));
  }

  const Trial& TrialOf(TrialId id) const { return *machine_->state().FindTrial(id); }

  int CountEvents(std::string_view name) const {
    int count = 0;
    for (const Event& event : log_) count += EventName(event.body) == name ? 1 : 0;
    return count;
  }

  double now_ = 0;
  Json spec_json_;
  std::vector<std::string> baselines_;
  std::unique_ptr<Machine> machine_;
  std::vector<Event> log_;
  std::map<std::string, std::int64_t> numbers_;
  std::optional<Promotion> promotion_;
  bool decline_ = false;
  int proposals_ = 0;
};

}  // namespace faretto
