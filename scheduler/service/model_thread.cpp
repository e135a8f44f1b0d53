#include "scheduler/service/model_thread.h"

#include <utility>

namespace faretto {

ModelThread::ModelThread(Compute suggest, std::function<void()> done)
    : suggest_(std::move(suggest)), done_(std::move(done)), thread_([this] { Loop(); }) {}

ModelThread::~ModelThread() {
  {
    const std::lock_guard guard(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void ModelThread::Start(StudyView view, std::int64_t suggestion) {
  busy_ = true;
  {
    const std::lock_guard guard(mutex_);
    job_.emplace(view, suggestion);
  }
  changed_.notify_one();
}

std::optional<Suggestion> ModelThread::Collect() {
  const std::lock_guard guard(mutex_);
  if (answer_) busy_ = false;
  return std::exchange(answer_, std::nullopt);
}

void ModelThread::Loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return ending_ || job_; });
    if (ending_) return;
    const Job job = *job_;
    job_.reset();
    lock.unlock();
    Suggestion answer = suggest_(job.view, job.suggestion);
    lock.lock();
    answer_ = std::move(answer);
    lock.unlock();
    done_();
    lock.lock();
  }
}

}  // namespace faretto
