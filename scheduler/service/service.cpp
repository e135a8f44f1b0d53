#include "scheduler/service/service.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include "base/files.h"
#include "base/log.h"
#include "protocol/scheduler_file.h"
#include "scheduler/service/master_lock.h"
#include "scheduler/service/session.h"
#include "scheduler/service/wire.h"
#include "scheduler/service/worker_owners.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

// The loop looks at the clock at least this often.
constexpr double kTurnS = 0.25;
// Without events the numbers (elapsed time, ...) are made anew this often.
constexpr double kProgressS = 1;
// Where readers cannot open the record while it is locked (network file systems), the copy for them
// is at most this old, or ten times the time that a copy takes.
constexpr double kCopyS = 5;
// Messages of one turn: replies must not wait for ever behind a flood.
constexpr int kMaxMessagesPerTurn = 1000;

}  // namespace

struct Service::Impl {
  Impl(StudySpec spec, ServiceOptions given, const Clock& given_clock)
      : options(std::move(given)), clock(given_clock), machine(std::move(spec)) {}
  ~Impl();

  Status Open();
  Status Begin();
  DispatchContext MakeContext(const std::string& domain);
  Result<bool> MaySpeak(const std::string& worker, const std::string& key);
  Result<ServiceEnd> Run();
  Status Turn();
  Status Commit();
  void LetGo();
  void Delete(const std::vector<std::string>& files) const;
  void Publish(bool changed);
  void CopyForReaders(bool at_once);
  std::optional<ServiceEnd> End();
  void Wake() const;  // any thread, signal handlers too
  double now() const { return live_at_start + clock.MonotonicS() - monotonic_at_start; }

  ServiceOptions options;
  const Clock& clock;
  Machine machine;
  std::vector<Response> first_responses;
  double live_at_start = 0;
  double monotonic_at_start = 0;
  double published_s = -1;
  double copy_due_s = 0;    // on the machine's clock
  bool copy_is_old = true;  // events were stored since the last copy for readers
  std::optional<double> idle_since;
  bool announced = false;   // scheduler.json is ours
  bool superseded = false;  // scheduler.json is another's
  std::string endpoint;
  int wake_fd = -1;
  std::atomic<int> stop_requests{0};
  mutable std::mutex mutex;
  Progress progress;  // guarded

  // In the order in which they are taken; let go in the reverse one: who gets the lock next finds
  // store and socket free.
  std::optional<MasterLock> lock;
  std::unique_ptr<Store> store;
  std::optional<WorkerOwners> owners;
  std::unique_ptr<Wire> wire;
  std::optional<Suggester> suggester;
  std::optional<Session> session;
};

Service::Impl::~Impl() {
  LetGo();
  if (wake_fd >= 0) ::close(wake_fd);
}

// Folder and socket are free for the next scheduler.
void Service::Impl::LetGo() {
  if (session && !superseded) CopyForReaders(true);
  session.reset();
  suggester.reset();  // its thread wakes the loop through wake_fd
  if (announced && !superseded) RemoveSchedulerFile(options.dir);
  announced = false;
  wire.reset();
  owners.reset();
  store.reset();
  lock.reset();
}

DispatchContext Service::Impl::MakeContext(const std::string& domain) {
  DispatchContext context;
  context.suggest = [this](Machine&) { return suggester->AtHand(); };
  context.progress = [](const StudyView& study, double at) {
    return ProgressJson(MakeProgress(study, at));
  };
  context.identity = {options.start.host, options.start.pid, machine.spec().name};
  context.welcome = {machine.spec().name, options.trainer, Machine::kLeaseS};
  context.store = domain;
  return context;
}

Result<bool> Service::Impl::MaySpeak(const std::string& worker, const std::string& key) {
  return owners->MaySpeak(worker, key,
                          [this](const std::string& owner) { return wire->IsAuthorised(owner); });
}

// Takes the folder and the socket; nothing is written to the store yet.
Status Service::Impl::Open() {
  FARETTO_ASSIGN_OR_RETURN(MasterLock taken, MasterLock::Take(options.dir, options.takeover));
  lock.emplace(std::move(taken));
  FARETTO_ASSIGN_OR_RETURN(store, Store::Open(options.dir, machine.spec(), options.store));
  machine.KeepBasis();
  FARETTO_RETURN_IF_ERROR(Resume(*store, machine));
  FARETTO_ASSIGN_OR_RETURN(wire, Wire::Bind(options.dir, options.bind));
  endpoint = wire->endpoint();
  FARETTO_ASSIGN_OR_RETURN(WorkerOwners loaded, WorkerOwners::Load(options.dir));
  owners.emplace(std::move(loaded));
  wake_fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_fd < 0) return Failed("the system has no file descriptor left");
  suggester.emplace(machine, options.suggest, options.suggests_quickly, [this] { Wake(); });
  return Ok{};
}

// The next incarnation: from its first event on this scheduler is the master.
Status Service::Impl::Begin() {
  FARETTO_ASSIGN_OR_RETURN(const std::string domain, EnsureCheckpointDomain(options.dir));
  live_at_start = machine.state().live_s();
  monotonic_at_start = clock.MonotonicS();
  Outcome start = machine.Start(options.start, options.baselines, now());
  session.emplace(
      machine, MakeContext(domain), domain,
      [this](const std::string& worker, const std::string& key) { return MaySpeak(worker, key); });
  session->UseSuggester(*suggester);
  std::vector<Event> events = std::move(start.events);
  for (Event& event : events) event.unix_s = clock.UnixS();
  FARETTO_RETURN_IF_ERROR(store->Append(events));
  for (const Operation& request : options.first_requests) {
    const auto number = static_cast<std::int64_t>(first_responses.size()) + 1;
    FARETTO_ASSIGN_OR_RETURN(Response response, session->TakeOwn(request, number, now()));
    first_responses.push_back(std::move(response));
  }
  session->Tick(now());
  FARETTO_RETURN_IF_ERROR(Commit());
  FARETTO_RETURN_IF_ERROR(
      WriteSchedulerFile(options.dir, {endpoint, wire->public_key(), options.start.pid,
                                       options.start.host, machine.state().incarnation()}));
  announced = true;
  return Ok{};
}

// Durable first, then the replies, then the files that nothing names any more.
Status Service::Impl::Commit() {
  Batch batch = session->TakeBatch();
  for (Event& event : batch.events) event.unix_s = clock.UnixS();
  if (!batch.events.empty()) {
    if (Status stored = store->Append(batch.events); !stored.ok()) {
      superseded = superseded || store->superseded();
      return stored;
    }
  }
  copy_is_old = copy_is_old || !batch.events.empty();
  for (const Batch::Outgoing& reply : batch.replies) wire->Send(reply.peer, reply.text);
  Delete(batch.deletions);
  Publish(!batch.events.empty());
  CopyForReaders(false);
  if (!batch.superseded) return Ok{};
  superseded = true;
  // Who asked for it waits for the lock; who did not may have the same socket file by now.
  if (!batch.handed_over) wire->Abandon();
  return Failed("a newer scheduler has taken over " + options.dir.string() + "; this one (pid " +
                std::to_string(options.start.pid) + " on " + options.start.host + ") ends");
}

void Service::Impl::Delete(const std::vector<std::string>& files) const {
  for (const std::string& file : files) {
    std::error_code code;
    fs::remove(CheckpointFolder(options.dir) / file, code);
    if (code) LogWarning("cannot remove the checkpoint " + file + ": " + code.message());
  }
}

void Service::Impl::Publish(bool changed) {
  const double at = now();
  if (!changed && published_s >= 0 && at - published_s < kProgressS) return;
  published_s = at;
  Progress made = MakeProgress(machine.view(), at);
  made.dropped_messages = session->dropped();
  made.stopping = made.stopping || session->draining();
  {
    const std::lock_guard guard(mutex);
    progress = made;
  }
  if (options.on_progress) options.on_progress(made);
}

// The study goes on without it: readers then see an older copy.
void Service::Impl::CopyForReaders(bool at_once) {
  if (!store || !store->exclusive() || !copy_is_old) return;
  const double began_s = clock.MonotonicS();
  if (!at_once && began_s < copy_due_s) return;
  if (const Status copied = store->CopyForReaders(); !copied.ok())
    LogWarning(copied.error().message);
  copy_is_old = false;
  const double took_s = clock.MonotonicS() - began_s;
  copy_due_s = began_s + std::max(kCopyS, 10 * took_s);
}

Status Service::Impl::Turn() {
  const double timeout_s = std::min(kTurnS, session->NextDeadline() - now());
  wire->Wait(wake_fd, timeout_s);
  std::uint64_t woken = 0;
  (void)!::read(wake_fd, &woken, sizeof woken);
  session->CountDropped(wire->TakeRefused(), "a connection with an unknown key");
  for (int i = 0; i < kMaxMessagesPerTurn; ++i) {
    const std::optional<Incoming> incoming = wire->Receive();
    if (!incoming) break;
    session->Take(*incoming, now());
  }
  if (stop_requests > 0 && !session->draining()) {
    LogInfo("stopping: workers are told to checkpoint and hand back");
    session->Drain(now());
  }
  session->Tick(now());
  return Commit();
}

std::optional<ServiceEnd> Service::Impl::End() {
  const bool finished = machine.state().finished();
  ServiceEnd interrupted{ServiceEnd::Kind::kInterrupted, "it was interrupted"};
  if (stop_requests > 1) {
    interrupted.at_once = true;
    return interrupted;
  }
  if (!session->idle()) {
    idle_since.reset();
    return {};
  }
  if (!idle_since) idle_since = now();
  if (session->WorkersLeft(now()) && now() - *idle_since < options.grace_s) return {};
  if (!finished) return interrupted;
  return ServiceEnd{ServiceEnd::Kind::kFinished, machine.state().finish_reason()};
}

void Service::Impl::Wake() const {
  const std::uint64_t one = 1;
  (void)!::write(wake_fd, &one, sizeof one);
}

Result<ServiceEnd> Service::Impl::Run() {
  Publish(true);
  while (true) {
    if (std::optional<ServiceEnd> end = End()) return *end;
    if (Status turn = Turn(); !turn.ok()) {
      LetGo();
      return turn.error();
    }
  }
}

Service::Service(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Service::~Service() = default;

Result<std::unique_ptr<Service>> Service::Start(StudySpec spec, ServiceOptions options,
                                                const Clock& clock) {
  const fs::path dir = options.dir;
  std::error_code code;
  const bool new_folder = !fs::exists(dir, code);
  const bool new_lock = !fs::exists(dir / "scheduler.lock", code);
  FARETTO_RETURN_IF_ERROR(EnsureWritableFolder(dir));
  auto impl = std::make_unique<Impl>(std::move(spec), std::move(options), clock);
  Status status = impl->Open();
  const bool opened = status.ok();
  if (opened) status = impl->Begin();
  if (status.ok()) return std::unique_ptr<Service>(new Service(std::move(impl)));
  impl.reset();
  // Nothing is left behind of a start that did not come to its first event.
  if (!opened && new_lock) fs::remove(dir / "scheduler.lock", code);
  if (!opened && new_folder) fs::remove_all(dir, code);
  return status.error();
}

Result<ServiceEnd> Service::Run() { return impl_->Run(); }

void Service::RequestStop() {
  ++impl_->stop_requests;
  impl_->Wake();
}

const std::string& Service::endpoint() const { return impl_->endpoint; }
bool Service::superseded() const { return impl_->superseded; }
std::int64_t Service::incarnation() const { return impl_->machine.state().incarnation(); }
const std::vector<Response>& Service::first_responses() const { return impl_->first_responses; }

Progress Service::progress() const {
  const std::lock_guard guard(impl_->mutex);
  return impl_->progress;
}

}  // namespace faretto
