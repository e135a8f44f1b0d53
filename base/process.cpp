#include "base/process.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/file_descriptor.h"

extern char** environ;

namespace faretto {
namespace fs = std::filesystem;
namespace {

// All that the child needs between fork and exec. It is prepared before the fork, because only
// async-signal-safe calls are allowed after it.
struct Plan {
  std::string program;
  std::string folder;
  std::vector<std::string> environment;
  std::vector<char*> arguments;
  std::vector<char*> variables;
  std::vector<std::pair<int, int>> descriptors;  // theirs, ours
  bool own_group = false;
  bool dies_with_starter = false;
};

bool IsExecutable(const fs::path& path) {
  std::error_code code;
  return fs::is_regular_file(path, code) && ::access(path.c_str(), X_OK) == 0;
}

Plan MakePlan(const ProcessSpec& spec, const fs::path& program) {
  Plan plan;
  plan.program = program.string();
  plan.folder = spec.folder.string();
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string text = *variable;
    if (spec.environment.count(text.substr(0, text.find('='))) == 0)
      plan.environment.push_back(text);
  }
  for (const auto& [name, value] : spec.environment) plan.environment.push_back(name + "=" + value);
  for (std::string& text : plan.environment) plan.variables.push_back(text.data());
  plan.variables.push_back(nullptr);
  for (const std::string& text : spec.command)
    plan.arguments.push_back(const_cast<char*>(text.c_str()));
  plan.arguments.push_back(nullptr);
  plan.descriptors.assign(spec.descriptors.begin(), spec.descriptors.end());
  plan.own_group = spec.own_group;
  plan.dies_with_starter = spec.dies_with_starter;
  return plan;
}

[[noreturn]] void GiveUp(int report) {
  const int code = errno;
  [[maybe_unused]] const ssize_t written = ::write(report, &code, sizeof code);
  ::_exit(127);
}

// In the child. Descriptors first go to numbers above all targets, so that none is overwritten
// before its use.
void PlaceDescriptors(Plan& plan, int& report) {
  constexpr int kAbove = 64;
  report = ::fcntl(report, F_DUPFD_CLOEXEC, kAbove);
  for (auto& [theirs, ours] : plan.descriptors) {
    ours = ::fcntl(ours, F_DUPFD_CLOEXEC, kAbove);
    if (ours < 0) GiveUp(report);
  }
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  const int empty = ::open("/dev/null", O_RDONLY);
  if (empty > 0) {
    ::dup2(empty, 0);
    ::close(empty);
  }
  for (const auto& [theirs, ours] : plan.descriptors)
    if (::dup2(ours, theirs) < 0) GiveUp(report);
}

[[noreturn]] void BecomeProgram(Plan& plan, int report, pid_t starter) {
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  if (plan.own_group) ::setpgid(0, 0);
  if (plan.dies_with_starter) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != starter) ::_exit(127);  // it died before the line above
  }
  PlaceDescriptors(plan, report);
  if (!plan.folder.empty() && ::chdir(plan.folder.c_str()) != 0) GiveUp(report);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(plan.program.c_str(), plan.arguments.data(), plan.variables.data());
  GiveUp(report);
}

ProcessEnd EndOf(int status) {
  if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

}  // namespace

std::string ProcessEnd::Describe() const {
  if (signal == 0) return "exit status " + std::to_string(exit_status);
  const char* name = ::sigabbrev_np(signal);
  return "killed by signal " + std::to_string(signal) +
         (name ? " (SIG" + std::string(name) + ")" : std::string());
}

Result<fs::path> FindProgram(const std::string& program, const fs::path& folder) {
  if (program.empty()) return Invalid("the command has no program");
  if (program.find('/') != std::string::npos) {
    const fs::path path = folder / program;
    if (IsExecutable(path)) return fs::absolute(path);
    return Invalid("there is no executable program " + path.string());
  }
  const char* variable = std::getenv("PATH");
  std::string rest = variable ? variable : "/usr/local/bin:/usr/bin:/bin";
  while (true) {
    const std::size_t colon = rest.find(':');
    const fs::path path = fs::path(rest.substr(0, colon)) / program;
    if (IsExecutable(path)) return fs::absolute(path);
    if (colon == std::string::npos) break;
    rest.erase(0, colon + 1);
  }
  return Invalid("there is no program " + program +
                 " in PATH; give its path, or install it on this machine");
}

Result<Process> Process::Start(const ProcessSpec& spec) {
  if (spec.command.empty()) return Invalid("the command has no program");
  FARETTO_ASSIGN_OR_RETURN(const fs::path program, FindProgram(spec.command[0], spec.folder));
  FARETTO_ASSIGN_OR_RETURN(Pipe report, MakePipe());
  Plan plan = MakePlan(spec, program);
  // A signal between fork and exec must not run our handlers in the child.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t starter = ::getpid();
  const pid_t pid = ::fork();
  if (pid == 0) BecomeProgram(plan, report.write.get(), starter);
  const int fork_code = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return Failed("cannot start " + program.string() + ": " + std::strerror(fork_code));
  if (spec.own_group) ::setpgid(pid, pid);  // in both, so that it stands whoever comes first
  report.write.Close();
  ::fcntl(report.read.get(), F_SETFL, 0);
  int code = 0;
  ssize_t count;
  do count = ::read(report.read.get(), &code, sizeof code);
  while (count < 0 && errno == EINTR);
  Process process(pid, spec.own_group);
  if (count == static_cast<ssize_t>(sizeof code)) {
    process.Wait();
    return Failed("cannot start " + program.string() +
                  (spec.folder.empty() ? "" : " in " + spec.folder.string()) + ": " +
                  std::strerror(code));
  }
  return process;
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), own_group_(other.own_group_), end_(other.end_) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    Kill();
    pid_ = std::exchange(other.pid_, -1);
    own_group_ = other.own_group_;
    end_ = other.end_;
  }
  return *this;
}

Process::~Process() { Kill(); }

void Process::Kill() {
  if (!running()) return;
  Signal(SIGKILL);
  Wait();
}

void Process::Signal(int signal) {
  if (pid_ <= 0) return;
  if (own_group_)
    ::kill(-pid_, signal);
  else if (!end_)
    ::kill(pid_, signal);
}

std::optional<ProcessEnd> Process::Poll() {
  if (end_ || pid_ <= 0) return end_;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == pid_) end_ = EndOf(status);
  return end_;
}

ProcessEnd Process::Wait() {
  if (end_ || pid_ <= 0) return end_.value_or(ProcessEnd{});
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  end_ = EndOf(status);
  return *end_;
}

std::string HostName() {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0) return "unknown";
  return name;
}

std::string UserName() {
  const passwd* user = ::getpwuid(::geteuid());
  return user != nullptr ? user->pw_name : std::to_string(::geteuid());
}

}  // namespace faretto
