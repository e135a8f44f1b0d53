// A scheduler's side of the conversation, scripted: records what the worker asks, answers what the
// test says.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "worker/scheduler_link.h"

namespace faretto {

class ScriptedLink final : public SchedulerLink {
 public:
  // Answers to `next`, in turn; then the study is finished.
  std::deque<Json> work;
  // Answers to other operations; {"type":"ok"} where there is none.
  std::map<std::string, Result<Json>> answers;
  // Called at each request, before its answer.
  std::function<void(const Json& request)> on_request;

  Result<Json> Request(Json request) override {
    requests.push_back(request);
    if (on_request) on_request(request);
    if (aborted_) return Error{ErrorKind::kInterrupted, "aborted"};
    const std::string op = request.at("op");
    if (const auto answer = answers.find(op); answer != answers.end()) return answer->second;
    if (op == "hello") return Welcome();
    if (op != "next") return Json{{"type", "ok"}};
    if (work.empty()) return Json{{"type", "finished"}, {"reason", "done"}};
    Json reply = work.front();
    work.pop_front();
    return reply;
  }

  void SetHeartbeat(const AssignmentRef&, const std::atomic<std::int64_t>*, double,
                    std::function<void(WorkerConnection::Signal)> on_signal) override {
    heartbeat = std::move(on_signal);
  }
  void ClearHeartbeat() override { heartbeat = {}; }
  void Abort() override { aborted_ = true; }
  void Resume() override { aborted_ = false; }

  std::vector<std::string> ops() const {
    std::vector<std::string> names;
    for (const Json& request : requests) names.push_back(request.at("op"));
    return names;
  }
  // The only request of this operation.
  Json only(const std::string& op) const {
    Json found;
    int count = 0;
    for (const Json& request : requests)
      if (request.at("op") == op && ++count == 1) found = request;
    return count == 1 ? found : Json(std::to_string(count) + " requests " + op);
  }

  std::vector<Json> requests;
  std::function<void(WorkerConnection::Signal)> heartbeat;

 private:
  static Json Welcome() {
    return {{"type", "ok"},
            {"study", "test"},
            {"trainer", {{"type", "fake"}}},
            {"objectives", Json::array()},
            {"lease_s", 15},
            {"domain", "here"}};
  }

  bool aborted_ = false;
};

}  // namespace faretto
