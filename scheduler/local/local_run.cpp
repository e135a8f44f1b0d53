#include "scheduler/local/local_run.h"

#include <sched.h>

#include <atomic>
#include <csignal>
#include <optional>

#include "scheduler/local/progress_display.h"
#include "scheduler/suggest/load_study.h"
#include "scheduler/suggest/suggest.h"
#include "study/trainer_catalog.h"
#include "worker/launch/local_workers.h"

namespace faretto {
namespace {

constexpr double kWorkersGraceS = 20;
// After a second Ctrl-C, and where no scheduler is left to hand back to.
constexpr double kHurriedGraceS = 1;
// At the end of the study there is nothing left to hand back; one that was still coming would wait
// for a scheduler.
constexpr double kIdleGraceS = 3;

std::atomic<Service*> g_service{nullptr};

void OnSignal(int) {
  if (Service* service = g_service.load()) service->RequestStop();
}

// While it lives, Ctrl-C, SIGTERM and a terminal that goes away ask the service to stop.
class StopSignals {
 public:
  explicit StopSignals(Service* service) {
    g_service = service;
    struct sigaction action {};
    action.sa_handler = OnSignal;
    ::sigaction(SIGINT, &action, &old_interrupt_);
    ::sigaction(SIGTERM, &action, &old_terminate_);
    ::sigaction(SIGHUP, &action, &old_hangup_);
  }
  ~StopSignals() {
    ::sigaction(SIGINT, &old_interrupt_, nullptr);
    ::sigaction(SIGTERM, &old_terminate_, nullptr);
    ::sigaction(SIGHUP, &old_hangup_, nullptr);
    g_service = nullptr;
  }

 private:
  struct sigaction old_interrupt_ {};
  struct sigaction old_terminate_ {};
  struct sigaction old_hangup_ {};
};

double GraceOf(const Result<ServiceEnd>& end, bool superseded) {
  if (!end.ok()) return superseded ? kWorkersGraceS : kHurriedGraceS;
  if (end->at_once) return kHurriedGraceS;
  return end->kind == ServiceEnd::Kind::kFinished ? kIdleGraceS : kWorkersGraceS;
}

}  // namespace

int DefaultWorkers() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
}

Result<LocalRunEnd> RunLocally(StudySpec spec, const LocalRunOptions& options) {
  const SystemClock clock;
  FARETTO_ASSIGN_OR_RETURN(const TrainerDescription trainer,
                           DescribeTrainer(spec.trainer, spec.space));
  ProgressDisplay display(clock);
  ServiceOptions service_options;
  service_options.dir = options.dir;
  service_options.bind = options.bind;
  service_options.baselines = trainer.baselines;
  service_options.trainer = ResolveTrainerPaths(spec.trainer, options.base_folder);
  service_options.start = ThisProgram();
  service_options.store = {.study_text = options.study_text,
                           .base_folder = options.base_folder,
                           .unix_s = clock.UnixS()};
  service_options.takeover = options.takeover;
  service_options.suggest = Suggest;
  service_options.suggests_quickly = SuggestsQuickly;
  service_options.on_progress = [&](const Progress& progress) { display.Show(progress); };
  service_options.first_requests = options.first_requests;
  FARETTO_ASSIGN_OR_RETURN(const std::unique_ptr<Service> service,
                           Service::Start(std::move(spec), std::move(service_options), clock));

  std::atomic<bool> workers_gone{false};
  std::optional<LocalWorkers> workers;
  const Progress at_start = service->progress();
  const bool nothing_to_do = at_start.finished && at_start.pending_jobs == 0;
  if (options.workers > 0 && !nothing_to_do) {
    workers.emplace(options.dir, options.workers, [&] {
      workers_gone = true;
      service->RequestStop();
      service->RequestStop();
    });
  }
  Result<ServiceEnd> end = [&] {
    const StopSignals signals(service.get());
    return service->Run();
  }();
  if (!nothing_to_do) display.Finish();
  std::string last_words;
  if (workers) {
    if (service->superseded()) workers->AskToLeave();
    workers->End(GraceOf(end, service->superseded()));
    last_words = workers->LastWords();
  }
  if (!end.ok()) return end.error();
  if (workers_gone && end->kind != ServiceEnd::Kind::kFinished) {
    // Workers that were told of the end may be gone before the service has seen that it is over.
    const Progress at_end = service->progress();
    if (at_end.finished && at_end.pending_jobs == 0) {
      return LocalRunEnd{{ServiceEnd::Kind::kFinished, at_end.finish_reason},
                         service->first_responses()};
    }
    return Failed("every worker ended although there was work; the last line of " +
                  (options.dir / "logs" / "local-0.log").string() + ": " + last_words);
  }
  return LocalRunEnd{*end, service->first_responses()};
}

}  // namespace faretto
