// Worker processes beside a scheduler in this process. A thread of their own starts and watches
// them, because the kernel ends them with the thread that started them.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>

namespace faretto {

// Path of a program that lies beside this one.
std::filesystem::path ProgramBeside(const std::string& name);

// Thread safety: one thread makes and ends it; `on_all_gone` comes on its own thread.
class LocalWorkers {
 public:
  // Starts `count` workers named local-0, local-1, ... on the study folder. `on_all_gone` is called
  // once if all of them have ended before End was called.
  LocalWorkers(std::filesystem::path dir, int count, std::function<void()> on_all_gone);
  // Asks them to hand back what they have and to leave.
  void AskToLeave() { asked_to_leave_ = true; }
  // Waits for them to end by themselves, at most `grace_s`, then kills what is left.
  void End(double grace_s);
  ~LocalWorkers() { End(0); }

  // Last line that an ended worker wrote, for the message; empty if none.
  std::string LastWords() const;

 private:
  void Watch(int count);

  std::filesystem::path dir_;
  std::function<void()> on_all_gone_;
  std::atomic<double> grace_s_{-1};
  std::atomic<bool> asked_to_leave_{false};
  std::thread thread_;
};

}  // namespace faretto
