// Owned file descriptors and pipes. Thread safety: values; a descriptor belongs to one owner.
#pragma once

#include <utility>

#include "base/result.h"

namespace faretto {

// Closes what it holds. -1: holds nothing.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor() { Close(); }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  int Release() { return std::exchange(fd_, -1); }
  void Close();

 private:
  int fd_ = -1;
};

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

// Both ends are closed in programs that are started, unless handed on. Reading does not block.
Result<Pipe> MakePipe();

}  // namespace faretto
