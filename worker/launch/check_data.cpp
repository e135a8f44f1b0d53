#include "worker/launch/check_data.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/file_descriptor.h"
#include "base/process.h"
#include "study/trainer_catalog.h"
#include "worker/launch/local_workers.h"

namespace faretto {
namespace {

std::string ReadToEnd(int fd) {
  std::string text;
  char buffer[4096];
  while (true) {
    const ssize_t got = ::read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer, static_cast<std::size_t>(got));
  }
}

// The last line without the program's name in front.
std::string Sentence(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  if (const auto line = text.rfind('\n'); line != std::string::npos) text.erase(0, line + 1);
  const std::string name = "faretto-worker: ";
  if (text.starts_with(name)) text.erase(0, name.size());
  return text;
}

}  // namespace

Status CheckData(const StudySpec& spec, const std::filesystem::path& study_file) {
  FARETTO_ASSIGN_OR_RETURN(const TrainerDescription trainer,
                           DescribeTrainer(spec.trainer, spec.space));
  if (!trainer.reads_data) return Ok{};
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return Failed(std::string("cannot make a pipe: ") + std::strerror(errno));
  const FileDescriptor read_end(ends[0]);
  Result<Process> check = [&] {
    const FileDescriptor write_end(ends[1]);
    ProcessSpec process;
    process.command = {ProgramBeside("faretto-worker").string(), "check", study_file.string()};
    process.descriptors = {{STDERR_FILENO, write_end.get()}};
    return Process::Start(process);
  }();
  if (!check.ok()) return check.error();
  const std::string sentence = Sentence(ReadToEnd(read_end.get()));
  const ProcessEnd end = check->Wait();
  if (end.ok()) return Ok{};
  if (end.exit_status == 2 && !sentence.empty()) return Invalid(sentence);
  return Failed("the check of " + study_file.string() + " ended with " + end.Describe() +
                (sentence.empty() ? "" : ": " + sentence));
}

}  // namespace faretto
