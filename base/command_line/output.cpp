#include "base/command_line/output.h"

#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace faretto {

Status Print(const std::string& text) {
  std::cout << text << std::flush;
  if (!std::cout && !ReaderIsGone()) return Failed("cannot write to standard output");
  return Ok{};
}

void Say(const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); }

bool ReaderIsGone() {
  pollfd output = {STDOUT_FILENO, POLLOUT, 0};
  return ::poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

int PrintError(const Error& error, const std::string& program) {
  std::cout.flush();
  std::fprintf(stderr, "%s: %s\n", program.c_str(), error.message.c_str());
  return error.exit_code();
}

int Exit(const Status& status) { return status.ok() ? 0 : PrintError(status.error()); }

}  // namespace faretto
