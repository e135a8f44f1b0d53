// Starting and ending other programs.
//
//   FARETTO_ASSIGN_OR_RETURN(Process process, Process::Start({.command = {"python3",
//   "train.py"}})); ProcessEnd end = process.Wait();
//
// Thread safety: one thread uses an object. Starting is safe in a program with threads.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace faretto {

struct ProcessSpec {
  // Program and arguments. A name without a slash is looked for in PATH; a relative path starts at
  // `folder`.
  std::vector<std::string> command = {};
  std::filesystem::path folder = {};                    // working folder; empty: the caller's
  std::map<std::string, std::string> environment = {};  // added to the caller's, or replacing
  // Descriptors of the new program, by number, and the caller's descriptor that each stands for.
  // Standard output and error are the caller's unless set here, standard input is empty, and
  // everything else is closed.
  std::map<int, int> descriptors = {};
  // A process group of its own: a terminal's Ctrl-C does not reach it, Signal reaches all of it.
  bool own_group = false;
  // The kernel kills it (SIGKILL) when the thread that started it ends, whatever the reason.
  bool dies_with_starter = true;
};

struct ProcessEnd {
  int exit_status = 0;
  int signal = 0;  // 0: it exited by itself

  bool ok() const { return exit_status == 0 && signal == 0; }
  // "exit status 3" or "killed by signal 9 (SIGKILL)".
  std::string Describe() const;
};

// The executable that `program` names (see ProcessSpec::command); kInvalid if there is none.
Result<std::filesystem::path> FindProgram(const std::string& program,
                                          const std::filesystem::path& folder);

class Process {
 public:
  // kInvalid for a program that is not there, kFailed for what the system refuses.
  static Result<Process> Start(const ProcessSpec& spec);

  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  // Kills it if it still runs.
  ~Process();

  pid_t pid() const { return pid_; }
  bool running() const { return pid_ > 0 && !end_; }
  // To its whole group if it has one; also after its own end, for what it left behind.
  void Signal(int signal);
  // Nothing while it runs.
  std::optional<ProcessEnd> Poll();
  ProcessEnd Wait();

 private:
  Process(pid_t pid, bool own_group) : pid_(pid), own_group_(own_group) {}
  void Kill();

  pid_t pid_ = -1;
  bool own_group_ = false;
  std::optional<ProcessEnd> end_;
};

// The name of this machine.
std::string HostName();
// The name of the user whose process this is; the number where it has none.
std::string UserName();

}  // namespace faretto
