#include "protocol/worker_connection.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "protocol/dealer_socket.h"
#include "protocol/envelope.h"

namespace faretto {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

double NowS() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

class Connection final : public WorkerConnection {
 public:
  explicit Connection(WorkerConnectionOptions given)
      : options_(std::move(given)), number_(options_.first_number), socket_(options_.scheduler) {}
  ~Connection() override;
  Status Start();

  Result<Response> Request(const Operation& operation) override;
  void SetHeartbeat(const AssignmentRef& ref, const std::atomic<std::int64_t>* progress,
                    double period_s, std::function<void(Signal)> on_signal) override;
  void ClearHeartbeat() override;
  void Abort() override;
  void Resume() override { aborted_ = false; }
  bool gave_up() const override { return has_given_up_; }

 private:
  struct OpenRequest {
    Operation operation;
    std::int64_t number = 0;
    double send_at = 0;  // when it is sent next
    std::optional<Result<Response>> result;
  };
  struct Heartbeat {
    AssignmentRef ref;
    const std::atomic<std::int64_t>* progress = nullptr;
    double period_s = 0;
    double send_at = 0;
    std::function<void(Signal)> on_signal;
    std::set<Signal> given;
  };

  void Wake() const {
    const std::uint64_t one = 1;
    // A full counter means that a wake-up is under way already.
    (void)!::write(wake_fd_, &one, sizeof one);
  }
  void ClearWake() const {
    std::uint64_t count = 0;
    (void)!::read(wake_fd_, &count, sizeof count);
  }

  void Talk();
  void SendDue(double now);
  void Handle(ResponseEnvelope envelope);
  void HandleSignal(const ResponseEnvelope& envelope);
  void GiveSignal(Signal signal);
  void Finish(Result<Response> result);
  void Transmit(const Operation& operation, std::optional<std::int64_t> numbered, double now);
  double NextWake() const;

  WorkerConnectionOptions options_;
  int wake_fd_ = -1;
  std::atomic<bool> aborted_{false};
  std::atomic<bool> has_given_up_{false};

  // Everything below is guarded, but for what only the talking thread uses.
  std::mutex mutex_;
  std::condition_variable changed_;
  bool closing_ = false;
  std::int64_t number_ = 0;
  std::optional<OpenRequest> open_;
  std::optional<Heartbeat> heartbeat_;

  // Of the talking thread.
  DealerSocket socket_;
  std::int64_t incarnation_ = 0;  // highest seen
  std::string store_;             // of the study folder, once known
  // First message on this socket, and on any, since the last word of a scheduler.
  double asked_at_ = kNever;
  double silent_since_ = kNever;
  std::thread thread_;
};

// Holds the mutex except while it waits, so that SetHeartbeat and Request see whole states.
void Connection::Talk() {
  std::unique_lock lock(mutex_);
  while (!closing_) {
    const double now = NowS();
    if (aborted_ && open_ && !open_->result)
      Finish(Error{ErrorKind::kInterrupted, "the worker was told to end"});
    SendDue(now);
    const double timeout_s = NextWake() - NowS();
    lock.unlock();
    socket_.Wait(wake_fd_, timeout_s);
    ClearWake();
    lock.lock();
    while (const auto message = socket_.Receive()) {
      // What cannot be read is no sign of a scheduler.
      if (auto envelope = DecodeResponse(*message); envelope.ok()) Handle(std::move(*envelope));
    }
  }
}

double Connection::NextWake() const {
  double next = kNever;
  if (open_) next = std::min(next, open_->send_at);
  if (heartbeat_) next = std::min(next, heartbeat_->send_at);
  return next;
}

void Connection::SendDue(double now) {
  // Silence: the scheduler may have moved, or a new one has the folder.
  if (!socket_.connected() || now - asked_at_ >= options_.resend_s) {
    const bool due = (open_ && now >= open_->send_at) || (heartbeat_ && now >= heartbeat_->send_at);
    if (due && socket_.Connect().ok()) incarnation_ = std::max(incarnation_, socket_.incarnation());
    if (due) asked_at_ = kNever;
  }
  if (open_ && now >= open_->send_at) {
    if (now - silent_since_ >= options_.give_up_s) {
      has_given_up_ = true;
      Finish(Failed("no scheduler answered for " +
                    std::to_string(static_cast<std::int64_t>(now - silent_since_)) + " s"));
      silent_since_ = kNever;
    } else {
      Transmit(open_->operation, open_->number, now);
      open_->send_at = now + options_.resend_s;
    }
  }
  if (heartbeat_ && now >= heartbeat_->send_at) {
    Transmit(HeartbeatRequest{heartbeat_->ref, heartbeat_->progress->load()}, {}, now);
    heartbeat_->send_at = now + heartbeat_->period_s;
  }
}

void Connection::Transmit(const Operation& operation, std::optional<std::int64_t> numbered,
                          double now) {
  RequestEnvelope envelope;
  envelope.number = numbered;
  envelope.worker = options_.worker;
  envelope.instance = options_.instance;
  envelope.incarnation = incarnation_;
  envelope.store = store_;
  envelope.operation = operation;
  socket_.Send(EncodeRequest(envelope));
  asked_at_ = std::min(asked_at_, now);
  silent_since_ = std::min(silent_since_, now);
}

void Connection::Handle(ResponseEnvelope envelope) {
  const bool refused = ResponseAs<Error>(envelope.response) != nullptr;
  const bool other_study = !store_.empty() && !envelope.store.empty() && envelope.store != store_;
  // A refusal comes through from whomever: another version or another study cannot know better.
  if (!refused && envelope.incarnation < incarnation_) return;
  asked_at_ = kNever;
  silent_since_ = kNever;
  if (!refused && !other_study) {
    incarnation_ = envelope.incarnation;
    if (!envelope.store.empty()) store_ = envelope.store;
  }
  HandleSignal(envelope);
  if (!open_ || open_->result || envelope.number != open_->number) return;
  if (ResponseAs<WaitForWork>(envelope.response) != nullptr) return;
  Finish(OrRefusal(std::move(envelope.response)));
}

void Connection::HandleSignal(const ResponseEnvelope& envelope) {
  if (!heartbeat_) return;
  const auto ours = [&](const AssignmentRef& ref) {
    return ref.assignment == heartbeat_->ref.assignment && ref.fence == heartbeat_->ref.fence;
  };
  const auto* lease = ResponseAs<LeaseState>(envelope.response);
  if (lease && !lease->live && ours(lease->ref)) GiveSignal(Signal::kSuperseded);
  const auto* draining = ResponseAs<Draining>(envelope.response);
  const bool to_all = envelope.op.empty() && !envelope.number;
  if (draining && (to_all || ours(draining->ref))) GiveSignal(Signal::kDrain);
}

void Connection::GiveSignal(Signal signal) {
  if (heartbeat_->given.insert(signal).second && heartbeat_->on_signal)
    heartbeat_->on_signal(signal);
}

void Connection::Finish(Result<Response> result) {
  open_->result = std::move(result);
  open_->send_at = kNever;
  changed_.notify_all();
}

Status Connection::Start() {
  wake_fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd_ < 0) return Failed("the system has no file descriptor left");
  thread_ = std::thread([this] { Talk(); });
  return Ok{};
}

Connection::~Connection() {
  if (thread_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
    }
    Wake();
    thread_.join();
  }
  if (wake_fd_ >= 0) ::close(wake_fd_);
}

Result<Response> Connection::Request(const Operation& operation) {
  std::unique_lock lock(mutex_);
  open_ = OpenRequest{operation, ++number_, 0, {}};
  Wake();
  changed_.wait(lock, [&] { return open_->result.has_value(); });
  Result<Response> result = std::move(*open_->result);
  open_.reset();
  return result;
}

void Connection::SetHeartbeat(const AssignmentRef& ref, const std::atomic<std::int64_t>* progress,
                              double period_s, std::function<void(Signal)> on_signal) {
  const std::lock_guard lock(mutex_);
  heartbeat_ = Heartbeat{ref, progress, period_s, 0, std::move(on_signal), {}};
  Wake();
}

void Connection::ClearHeartbeat() {
  const std::lock_guard lock(mutex_);
  heartbeat_.reset();
}

void Connection::Abort() {
  aborted_ = true;
  Wake();
}

}  // namespace

Result<std::unique_ptr<WorkerConnection>> OpenWorkerConnection(WorkerConnectionOptions options) {
  if (options.instance.empty()) options.instance = RandomName();
  if (!IsSenderName(options.worker) || !IsSenderName(options.instance))
    return Invalid("\"" + options.worker +
                   "\" cannot name a worker: use at most 100 letters, digits, '_', '-' and '.'");
  auto connection = std::make_unique<Connection>(std::move(options));
  FARETTO_RETURN_IF_ERROR(connection->Start());
  return std::unique_ptr<WorkerConnection>(std::move(connection));
}

}  // namespace faretto
