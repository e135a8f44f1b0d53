// Lines from a pipe that must not block.
//
//   std::vector<std::string> lines = reader.Read();   // whole lines that are there now
//
// Thread safety: none.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/file_descriptor.h"

namespace faretto {

class LineReader {
 public:
  // A line longer than `max_line` bytes is cut into pieces of that length.
  explicit LineReader(FileDescriptor fd, std::size_t max_line = 1 << 16);

  // Descriptor for poll(2); -1 once the other side has closed.
  int fd() const { return fd_.get(); }
  bool at_end() const { return !fd_.open(); }
  // Every whole line that can be read now, without its newline; at the end also a last one without
  // a newline. Reads at most about 1 MiB a call, so that a program that never stops writing cannot
  // hold its reader up.
  std::vector<std::string> Read();

 private:
  FileDescriptor fd_;
  std::size_t max_line_;
  std::string partial_;
};

// The newest lines of an output, for failure messages.
class RecentLines {
 public:
  explicit RecentLines(std::size_t limit) : limit_(limit) {}
  void Add(std::string line);
  void Clear() { lines_.clear(); }
  bool empty() const { return lines_.empty(); }
  // One text, newline after each line.
  std::string Text() const;

 private:
  std::size_t limit_;
  std::vector<std::string> lines_;
};

}  // namespace faretto
