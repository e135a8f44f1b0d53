#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "protocol/client.h"
#include "protocol/link.h"
#include "protocol/message.h"

namespace faretto {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

double NowS() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool IsName(const std::string& name) {
  return !name.empty() && name.size() <= 100 &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
         });
}

std::optional<WorkerConnection::Signal> AsSignal(const Json& reply) {
  const Json type = reply.value("type", Json());
  if (type == "superseded") return WorkerConnection::Signal::kSuperseded;
  if (type == "stop") return WorkerConnection::Signal::kStop;
  if (type == "drain") return WorkerConnection::Signal::kDrain;
  return {};
}

}  // namespace

struct WorkerConnection::Impl {
  explicit Impl(Options given)
      : options(std::move(given)), number(options.first_number), link(options.scheduler) {}
  ~Impl() {
    if (wake_fd >= 0) ::close(wake_fd);
  }

  struct OpenRequest {
    Json message;
    std::int64_t number = 0;
    double send_at = 0;  // when it is sent next
    std::optional<Result<Json>> result;
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
    (void)!::write(wake_fd, &one, sizeof one);
  }
  void ClearWake() const {
    std::uint64_t count = 0;
    (void)!::read(wake_fd, &count, sizeof count);
  }

  void Talk();
  void SendDue(double now);
  void Handle(const Json& reply);
  void HandleHeartbeat(const Json& reply);
  void GiveSignal(Signal signal);
  void Finish(Result<Json> result);
  void Transmit(Json message, double now);
  double NextWake() const;

  Options options;
  int wake_fd = -1;
  std::atomic<bool> aborted{false};
  std::atomic<bool> gave_up{false};

  // Everything below is guarded, but for what only the talking thread uses.
  std::mutex mutex;
  std::condition_variable changed;
  bool closing = false;
  std::int64_t number = 0;
  std::optional<OpenRequest> open;
  std::optional<Heartbeat> heartbeat;

  // Of the talking thread.
  Link link;
  std::int64_t incarnation = 0;  // highest seen
  std::string store;             // of the study folder, once known
  // First message on this socket, and on any, since the last word of a scheduler.
  double asked_at = kNever;
  double silent_since = kNever;
  std::thread thread;
};

// Holds the mutex except while it waits, so that SetHeartbeat and Request see whole states.
void WorkerConnection::Impl::Talk() {
  std::unique_lock lock(mutex);
  while (!closing) {
    const double now = NowS();
    if (aborted && open && !open->result)
      Finish(Error{ErrorKind::kInterrupted, "the worker was told to end"});
    SendDue(now);
    const double timeout_s = NextWake() - NowS();
    lock.unlock();
    link.Wait(wake_fd, timeout_s);
    ClearWake();
    lock.lock();
    while (auto reply = link.Receive()) Handle(*reply);
  }
}

double WorkerConnection::Impl::NextWake() const {
  double next = kNever;
  if (open) next = std::min(next, open->send_at);
  if (heartbeat) next = std::min(next, heartbeat->send_at);
  return next;
}

void WorkerConnection::Impl::SendDue(double now) {
  // Silence: the scheduler may have moved, or a new one has the folder.
  if (!link.connected() || now - asked_at >= options.resend_s) {
    const bool due = (open && now >= open->send_at) || (heartbeat && now >= heartbeat->send_at);
    if (due && link.Connect().ok()) incarnation = std::max(incarnation, link.incarnation());
    if (due) asked_at = kNever;
  }
  if (open && now >= open->send_at) {
    if (now - silent_since >= options.give_up_s) {
      gave_up = true;
      Finish(Failed("no scheduler answered for " +
                    std::to_string(static_cast<std::int64_t>(now - silent_since)) + " s"));
      silent_since = kNever;
    } else {
      Transmit(open->message, now);
      open->send_at = now + options.resend_s;
    }
  }
  if (heartbeat && now >= heartbeat->send_at) {
    Transmit(HeartbeatRequest(heartbeat->ref, heartbeat->progress->load()), now);
    heartbeat->send_at = now + heartbeat->period_s;
  }
}

void WorkerConnection::Impl::Transmit(Json message, double now) {
  message["worker"] = options.worker;
  message["instance"] = options.instance;
  message["incarnation"] = incarnation;
  if (!store.empty()) message["store"] = store;
  link.Send(message);
  asked_at = std::min(asked_at, now);
  silent_since = std::min(silent_since, now);
}

void WorkerConnection::Impl::Handle(const Json& reply) {
  const Json seen = reply.value("incarnation", Json());
  const Json from = reply.value("store", Json());
  const bool is_error = reply.value("type", Json()) == "error";
  const bool other_study = !store.empty() && from.is_string() && from != store;
  // An error comes through from whomever: another version or another study cannot know better.
  if (!is_error && (!seen.is_number_integer() || seen.get<std::int64_t>() < incarnation)) return;
  asked_at = kNever;
  silent_since = kNever;
  if (!is_error && !other_study) {
    incarnation = seen.get<std::int64_t>();
    if (from.is_string()) store = from.get<std::string>();
  }
  if (reply.value("op", Json()) == "heartbeat" || reply.value("op", Json()).is_null())
    HandleHeartbeat(reply);
  if (!open || open->result || reply.value("number", Json()) != open->number) return;
  if (reply.value("type", Json()) == "parked") return;
  Finish(AsResult(reply));
}

void WorkerConnection::Impl::HandleHeartbeat(const Json& reply) {
  if (!heartbeat) return;
  // A word to all (drain) names no assignment.
  const bool to_all = !reply.contains("assignment") && !reply.contains("number");
  const bool ours = reply.value("assignment", Json()) == heartbeat->ref.assignment &&
                    reply.value("fence", Json()) == heartbeat->ref.fence;
  if (!to_all && !ours) return;
  if (const auto signal = AsSignal(reply)) GiveSignal(*signal);
}

void WorkerConnection::Impl::GiveSignal(Signal signal) {
  if (heartbeat->given.insert(signal).second && heartbeat->on_signal) heartbeat->on_signal(signal);
}

void WorkerConnection::Impl::Finish(Result<Json> result) {
  open->result = std::move(result);
  open->send_at = kNever;
  changed.notify_all();
}

WorkerConnection::WorkerConnection(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<WorkerConnection>> WorkerConnection::Open(Options options) {
  if (options.instance.empty()) options.instance = RandomName();
  if (!IsName(options.worker) || !IsName(options.instance))
    return Invalid("\"" + options.worker +
                   "\" cannot name a worker: use at most 100 letters, digits, '_', '-' and '.'");
  auto impl = std::make_unique<Impl>(std::move(options));
  impl->wake_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (impl->wake_fd < 0) return Failed("the system has no file descriptor left");
  Impl* talker = impl.get();
  impl->thread = std::thread([talker] { talker->Talk(); });
  return std::unique_ptr<WorkerConnection>(new WorkerConnection(std::move(impl)));
}

WorkerConnection::~WorkerConnection() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->closing = true;
  }
  impl_->Wake();
  impl_->thread.join();
}

Result<Json> WorkerConnection::Request(Json request) {
  std::unique_lock lock(impl_->mutex);
  const std::int64_t number = ++impl_->number;
  request["number"] = number;
  impl_->open = Impl::OpenRequest{std::move(request), number, 0, {}};
  impl_->Wake();
  impl_->changed.wait(lock, [&] { return impl_->open->result.has_value(); });
  Result<Json> result = std::move(*impl_->open->result);
  impl_->open.reset();
  return result;
}

void WorkerConnection::SetHeartbeat(const AssignmentRef& ref,
                                    const std::atomic<std::int64_t>* progress, double period_s,
                                    std::function<void(Signal)> on_signal) {
  const std::lock_guard lock(impl_->mutex);
  impl_->heartbeat = Impl::Heartbeat{ref, progress, period_s, 0, std::move(on_signal), {}};
  impl_->Wake();
}

void WorkerConnection::ClearHeartbeat() {
  const std::lock_guard lock(impl_->mutex);
  impl_->heartbeat.reset();
}

void WorkerConnection::Abort() {
  impl_->aborted = true;
  impl_->Wake();
}

void WorkerConnection::Resume() { impl_->aborted = false; }

const std::string& WorkerConnection::instance() const { return impl_->options.instance; }

bool WorkerConnection::gave_up() const { return impl_->gave_up; }

}  // namespace faretto
