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

Status WriteInto(const fs::path& path, std::string_view content) {
  std::error_code code;
  if (fs::is_directory(path, code)) return Failed(path.string() + " is a folder, not a file");
  const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return CannotWrite(path, errno);
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      const int problem = errno;
      ::close(fd);
      return CannotWrite(path, problem);
    }
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  if (::close(fd) != 0) return CannotWrite(path, errno);
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

Status WriteFileAtomically(const fs::path& named, std::string_view content) {
  std::error_code code;
  // Of a symbolic link the target is replaced, not the link. A device or a pipe is written into,
  // never replaced.
  fs::path path = fs::canonical(named, code);
  if (code) path = named;
  if (fs::exists(path, code) && !fs::is_regular_file(path, code)) return WriteInto(path, content);
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
  std::error_code folder_code;
  const bool is_folder = fs::is_directory(path, folder_code);
  if (code && !is_folder)
    return Failed("cannot make the folder " + path.string() + ": " + code.message());
  if (!is_folder) return Failed(path.string() + " is not a folder");
  // access() looks at permission bits only, and root passes them even on a read-only mount. Writing
  // a file is the honest test.
  const fs::path probe = path / (".probe" + std::to_string(::getpid()));
  const int fd = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return Failed("cannot write to the folder " + path.string() + ": " + std::strerror(errno));
  ::close(fd);
  ::unlink(probe.c_str());
  return Ok{};
}

}  // namespace faretto
