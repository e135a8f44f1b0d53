// Computes one suggestion at a time beside the loop of a service.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "study/suggestion.h"

namespace faretto {

// Thread safety: one owner, who calls everything; `suggest` and `done` are called on the thread.
class ModelThread {
 public:
  using Compute = std::function<Suggestion(const StudyView&, std::int64_t suggestion)>;

  // `done` is called after each computation (to wake the owner's loop).
  ModelThread(Compute suggest, std::function<void()> done);
  // Waits for a computation in progress.
  ~ModelThread();
  ModelThread(const ModelThread&) = delete;
  ModelThread& operator=(const ModelThread&) = delete;

  // Not while busy. What the view refers to must not change until Collect has given the answer.
  void Start(StudyView view, std::int64_t suggestion);
  // Started, and the answer has not been collected.
  bool busy() const { return busy_; }
  // The answer, once it is there.
  std::optional<Suggestion> Collect();

 private:
  struct Job {
    Job(StudyView given, std::int64_t number) : view(given), suggestion(number) {}
    StudyView view;
    std::int64_t suggestion;
  };
  void Loop();

  const Compute suggest_;
  const std::function<void()> done_;
  bool busy_ = false;  // the owner's

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Job> job_;            // guarded
  std::optional<Suggestion> answer_;  // guarded
  bool ending_ = false;               // guarded
  std::thread thread_;
};

}  // namespace faretto
