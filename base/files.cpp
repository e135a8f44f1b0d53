#include "base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <system_error>

namespace faretto {
namespace fs = std::filesystem;
namespace {

Error CannotWrite(const fs::path& path, int code) {
  return Failed("cannot write " + path.string() + ": " + std::strerror(code));
}

Status WriteAndSync(int fd, const fs::path& path, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return CannotWrite(path, errno);
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::fsync(fd) != 0) return CannotWrite(path, errno);
  return Ok{};
}

}  // namespace

Result<std::string> ReadFile(const fs::path& path) {
  std::error_code code;
  if (!fs::exists(path, code)) return Invalid("there is no file " + path.string());
  if (fs::is_directory(path, code)) return Invalid(path.string() + " is a folder, not a file");
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  if (!in || (in.peek() != EOF && !(content << in.rdbuf())))
    return Failed("cannot read " + path.string());
  return std::move(content).str();
}

Status WriteFileAtomically(const fs::path& path, std::string_view content) {
  const fs::path temporary = path.string() + ".tmp" + std::to_string(::getpid());
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return CannotWrite(path, errno);
  Status written = WriteAndSync(fd, path, content);
  if (::close(fd) != 0 && written.ok()) written = CannotWrite(path, errno);
  if (written.ok() && ::rename(temporary.c_str(), path.c_str()) != 0)
    written = CannotWrite(path, errno);
  if (!written.ok()) {
    ::unlink(temporary.c_str());
    return written;
  }
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  const int folder_fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_fd >= 0) {
    ::fsync(folder_fd);
    ::close(folder_fd);
  }
  return Ok{};
}

Status EnsureWritableFolder(const fs::path& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code && !fs::is_directory(path))
    return Failed("cannot make the folder " + path.string() + ": " + code.message());
  if (!fs::is_directory(path)) return Failed(path.string() + " is not a folder");
  // access() says yes to root on a read-only mount's permissions only; a probe file is the honest
  // test.
  const fs::path probe = path / (".probe" + std::to_string(::getpid()));
  const int fd = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return Failed("cannot write to the folder " + path.string() + ": " + std::strerror(errno));
  ::close(fd);
  ::unlink(probe.c_str());
  return Ok{};
}

}  // namespace faretto
