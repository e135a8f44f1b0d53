#include "base/line_reader.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace faretto {

LineReader::LineReader(FileDescriptor fd, std::size_t max_line)
    : fd_(std::move(fd)), max_line_(max_line) {}

std::vector<std::string> LineReader::Read() {
  constexpr int kMaxReads = 16;
  std::vector<std::string> lines;
  char buffer[1 << 16];
  for (int i = 0; i < kMaxReads && fd_.open(); ++i) {
    const ssize_t count = ::read(fd_.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (count <= 0) {
      fd_.Close();
      if (!partial_.empty()) lines.push_back(std::exchange(partial_, {}));
      break;
    }
    for (ssize_t at = 0; at < count; ++at) {
      if (buffer[at] != '\n') partial_.push_back(buffer[at]);
      if (buffer[at] == '\n' || partial_.size() >= max_line_)
        lines.push_back(std::exchange(partial_, {}));
    }
  }
  return lines;
}

void RecentLines::Add(std::string line) {
  constexpr std::size_t kLongest = 2000;
  if (line.size() > kLongest) line = line.substr(0, kLongest) + " ...";
  if (lines_.size() == limit_) lines_.erase(lines_.begin());
  lines_.push_back(std::move(line));
}

std::string RecentLines::Text() const {
  std::string text;
  for (const std::string& line : lines_) text += line + "\n";
  return text;
}

}  // namespace faretto
