// Real services and real sockets for tests: a service on a thread of its own, a worker that trains
// nothing, a raw peer that sends what it likes.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>
#include <zmq.hpp>

#include "../../protocol/temporary_folder.h"
#include "base/process.h"
#include "protocol/client_connection.h"
#include "protocol/envelope.h"
#include "protocol/scheduler_file.h"
#include "protocol/worker_connection.h"
#include "scheduler/service/service.h"
#include "small_study.h"

namespace faretto {

// Long enough for a loaded machine; nothing waits for it when all is well.
inline constexpr double kPatienceS = 60;

class ManualClock final : public Clock {
 public:
  double MonotonicS() const override { return now_; }
  double UnixS() const override { return 1.7e9 + now_; }
  void Advance(double seconds) { now_ = now_ + seconds; }

 private:
  std::atomic<double> now_{100};
};

inline ServiceOptions OptionsIn(const std::filesystem::path& dir) {
  ServiceOptions options;
  options.dir = dir;
  options.trainer = {{"type", "function"}, {"problem", "zdt1"}};
  options.start = {HostName(), ::getpid(), "test", "any"};
  options.suggest = SuggestAlongDiagonal;
  options.suggests_quickly = [](const StudyView&) { return true; };
  return options;
}

class RunningService {
 public:
  RunningService(ServiceOptions options, const Clock& clock, StudySpec spec = SmallStudy()) {
    Result<std::unique_ptr<Service>> started =
        Service::Start(std::move(spec), std::move(options), clock);
    if (!started.ok()) throw std::runtime_error(started.error().message);
    service_ = std::move(*started);
    thread_ = std::thread([this] { end_ = service_->Run(); });
  }
  ~RunningService() {
    if (!thread_.joinable()) return;
    service_->RequestStop();
    service_->RequestStop();
    thread_.join();
  }
  RunningService(const RunningService&) = delete;
  RunningService& operator=(const RunningService&) = delete;

  Service& service() { return *service_; }
  // Waits for the end of Run.
  Result<ServiceEnd> Join() {
    thread_.join();
    return *end_;
  }
  // As a scheduler that ends: socket, store and lock are free afterwards.
  Result<ServiceEnd> Stop() {
    service_->RequestStop();
    service_->RequestStop();
    Result<ServiceEnd> end = Join();
    service_.reset();
    return end;
  }

 private:
  std::unique_ptr<Service> service_;
  std::optional<Result<ServiceEnd>> end_;
  std::thread thread_;
};

inline std::unique_ptr<WorkerConnection> ConnectWorker(const SchedulerLocation& location,
                                                       const std::string& name,
                                                       const std::string& instance = "") {
  WorkerConnectionOptions options;
  options.scheduler = location;
  options.worker = name;
  options.instance = instance;
  options.resend_s = 0.2;
  options.give_up_s = kPatienceS;
  auto connection = OpenWorkerConnection(options);
  if (!connection.ok()) throw std::runtime_error(connection.error().message);
  return std::move(*connection);
}

inline Json MustRequest(WorkerConnection& worker, const Operation& request) {
  const Result<Response> response = worker.Request(request);
  if (!response.ok()) throw std::runtime_error(response.error().message);
  return ResponseJson(*response);
}

inline Welcome SayHello(WorkerConnection& worker) {
  const auto welcome = Expect<Welcome>(worker.Request(HelloRequest{"host", 1, "domain"}));
  if (!welcome.ok()) throw std::runtime_error(welcome.error().message);
  return *welcome;
}

// The assignment that a reply holds.
inline WorkAssigned WorkIn(const Json& reply) {
  const auto parsed = ParseReply(reply);
  if (!parsed.ok() || !std::holds_alternative<WorkAssigned>(*parsed))
    throw std::runtime_error("no assignment: " + DumpJson(reply));
  return std::get<WorkAssigned>(*parsed);
}

// Workers "w0", "w1", ... that all said hello, before one of them can finish everything and the
// service ends.
inline std::vector<std::unique_ptr<WorkerConnection>> KnownWorkers(
    const SchedulerLocation& location, int count) {
  std::vector<std::unique_ptr<WorkerConnection>> workers;
  for (int k = 0; k < count; ++k) {
    workers.push_back(ConnectWorker(location, "w" + std::to_string(k)));
    SayHello(*workers.back());
  }
  return workers;
}

// Reports every epoch of the assignment and completes it.
inline void TrainAssignment(WorkerConnection& worker, const Json& reply) {
  const WorkAssigned work = WorkIn(reply);
  for (std::int64_t epoch = work.from + 1; epoch <= work.to; ++epoch) {
    const double x = work.params["x1"].get<double>();
    MustRequest(worker, ReportRequest{work.ref, epoch, {{"f1", x}, {"f2", 1 - x}}, 1});
  }
  MustRequest(worker, CompleteRequest{work.ref, {}});
}

// Of a worker that said hello: works until the study is over; how many assignments it did.
inline int GoOnToTheEnd(WorkerConnection& worker) {
  for (int done = 0;; ++done) {
    const Json reply = MustRequest(worker, NextRequest{});
    if (reply["type"] != "assignment") {
      MustRequest(worker, GoodbyeRequest{"finished"});
      return done;
    }
    TrainAssignment(worker, reply);
  }
}

// Of one that has not, and is the only one or early enough.
inline int WorkToTheEnd(WorkerConnection& worker) {
  SayHello(worker);
  return GoOnToTheEnd(worker);
}

// The numbers of `status`, asked until they are as wanted; the last ones in any case.
inline Json AwaitStatus(const SchedulerLocation& location,
                        const std::function<bool(const Json&)>& wanted) {
  auto client = ClientConnection::Open(location);
  if (!client.ok()) throw std::runtime_error(client.error().message);
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(kPatienceS);
  Json progress;
  while (std::chrono::steady_clock::now() < end) {
    const auto status = Expect<StatusNumbers>(client->Request(StatusRequest{}, kPatienceS));
    if (!status.ok()) throw std::runtime_error(status.error().message);
    progress = status->progress;
    if (wanted(progress)) break;
  }
  return progress;
}

inline Json AwaitDropped(const SchedulerLocation& location, std::int64_t count) {
  return AwaitStatus(location,
                     [&](const Json& progress) { return progress["dropped_messages"] >= count; });
}

// A DEALER that sends bytes as they are.
class RawPeer {
 public:
  explicit RawPeer(const std::string& endpoint) : socket_(context_, zmq::socket_type::dealer) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.connect(endpoint);
  }

  void Send(const std::string& text) { socket_.send(zmq::buffer(text), zmq::send_flags::none); }
  void SendFrames(const std::string& a, const std::string& b) {
    socket_.send(zmq::buffer(a), zmq::send_flags::sndmore);
    socket_.send(zmq::buffer(b), zmq::send_flags::none);
  }
  void Send(const Json& message) { Send(DumpJson(message)); }

  // The next reply, or null after a long wait.
  Json Receive() {
    socket_.set(zmq::sockopt::rcvtimeo, static_cast<int>(kPatienceS * 1000));
    zmq::message_t frame;
    if (!socket_.recv(frame)) return nullptr;
    return *ParseJson(frame.to_string_view());
  }
  Json Ask(const Json& message) {
    Send(message);
    return Receive();
  }

 private:
  zmq::context_t context_{1};
  zmq::socket_t socket_;
};

// A request as it stands on the wire, without who asks.
inline Json OnWire(const Operation& operation) {
  Json json = {{"v", kProtocolVersion}};
  json.update(EncodeOperation(operation));
  return json;
}

inline Json AsWorker(const Operation& operation, const std::string& worker, std::int64_t number) {
  Json request = OnWire(operation);
  request["worker"] = worker;
  request["instance"] = "raw";
  request["number"] = number;
  return request;
}

}  // namespace faretto
