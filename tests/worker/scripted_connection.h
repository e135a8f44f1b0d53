// A scheduler's side of the conversation, scripted: records what the worker asks, answers what the
// test says.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "protocol/envelope.h"
#include "protocol/worker_connection.h"

namespace faretto {

class ScriptedConnection final : public WorkerConnection {
 public:
  // Answers to `next`, in turn; then the study is finished.
  std::deque<Reply> work;
  // Answers to other operations; Accepted where there is none.
  std::map<std::string, Result<Reply>> answers;
  // Called at each request, before its answer.
  std::function<void(const Json& request)> on_request;

  Result<Response> Request(const Operation& operation) override {
    const Json request = EncodeOperation(operation);
    requests.push_back(request);
    if (on_request) on_request(request);
    if (aborted_) return Error{ErrorKind::kInterrupted, "aborted"};
    const std::string op = request.at("op");
    if (const auto answer = answers.find(op); answer != answers.end()) {
      if (!answer->second.ok()) return answer->second.error();
      return Response(*answer->second);
    }
    if (op == "hello") return Response(Welcome{"test", {{"type", "fake"}}, 15});
    if (op != "next") return Response(Reply(Accepted{}));
    if (work.empty()) return Response(Reply(StudyOver{"done"}));
    Reply reply = work.front();
    work.pop_front();
    return OrRefusal(std::move(reply));
  }

  void SetHeartbeat(const AssignmentRef&, const std::atomic<std::int64_t>*, double,
                    std::function<void(Signal)> on_signal) override {
    heartbeat = std::move(on_signal);
  }
  void ClearHeartbeat() override { heartbeat = {}; }
  void Abort() override { aborted_ = true; }
  void Resume() override { aborted_ = false; }
  bool gave_up() const override { return false; }

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
  std::function<void(Signal)> heartbeat;

 private:
  bool aborted_ = false;
};

}  // namespace faretto
