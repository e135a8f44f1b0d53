#include "protocol/scheduler_file.h"

#include <sodium.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "base/files.h"
#include "base/json.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kIpc = "ipc://";
constexpr std::string_view kPrivatePrefix = "faretto-";
// sun_path has 108 bytes with the closing zero; some systems have 104.
constexpr std::size_t kMaxSocketPath = 100;

fs::path DomainFile(const fs::path& dir) { return CheckpointFolder(dir) / "domain"; }

std::string Trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

std::string NewNonce() {
  unsigned char bytes[16];
  randombytes_buf(bytes, sizeof bytes);
  char hex[2 * sizeof bytes + 1];
  sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes);
  return hex;
}

}  // namespace

fs::path SchedulerFilePath(const fs::path& dir) { return dir / "scheduler.json"; }

Result<SchedulerFile> ReadSchedulerFile(const fs::path& dir) {
  const fs::path path = SchedulerFilePath(dir);
  std::error_code code;
  if (!fs::exists(path, code))
    return Failed("no scheduler runs in " + dir.string() +
                  ": start one with `faretto run` or `faretto scheduler`");
  FARETTO_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  Result<Json> json = ParseJson(text);
  if (!json.ok()) return Failed(path.string() + " is damaged: " + json.error().message);
  try {
    return SchedulerFile{json->at("endpoint").get<std::string>(),
                         json->at("public_key").get<std::string>(),
                         json->at("pid").get<std::int64_t>(), json->at("host").get<std::string>(),
                         json->at("incarnation").get<std::int64_t>()};
  } catch (const nlohmann::json::exception& error) {
    return Failed(path.string() + " is damaged: " + error.what());
  }
}

Status WriteSchedulerFile(const fs::path& dir, const SchedulerFile& file) {
  const Json json = {{"endpoint", file.endpoint},
                     {"public_key", file.public_key},
                     {"pid", file.pid},
                     {"host", file.host},
                     {"incarnation", file.incarnation}};
  return WriteFileAtomically(SchedulerFilePath(dir), json.dump(2) + "\n");
}

void RemoveSchedulerFile(const fs::path& dir) {
  std::error_code code;
  fs::remove(SchedulerFilePath(dir), code);
}

Result<std::string> LocalEndpoint(const fs::path& dir) {
  std::error_code code;
  const fs::path path = fs::absolute(dir, code).lexically_normal() / "scheduler.ipc";
  if (code) return Failed("cannot find the folder " + dir.string() + ": " + code.message());
  if (path.native().size() <= kMaxSocketPath) return std::string(kIpc) + path.string();
  std::string folder = (fs::temp_directory_path(code) / (std::string(kPrivatePrefix) + "XXXXXX"));
  if (code || ::mkdtemp(folder.data()) == nullptr)
    return Failed("cannot make a private folder for the scheduler's socket in " + folder + ": " +
                  std::strerror(errno));
  return std::string(kIpc) + folder + "/scheduler.ipc";
}

void RemoveLocalEndpoint(const std::string& endpoint) {
  if (!endpoint.starts_with(kIpc)) return;
  const fs::path path = endpoint.substr(kIpc.size());
  std::error_code code;
  fs::remove(path, code);
  // A private folder holds nothing else; any other one is not empty and stays.
  if (path.parent_path().filename().string().starts_with(kPrivatePrefix))
    fs::remove(path.parent_path(), code);
}

fs::path CheckpointFolder(const fs::path& dir) { return dir / "checkpoints"; }

Result<std::string> ReadCheckpointDomain(const fs::path& dir) {
  FARETTO_ASSIGN_OR_RETURN(std::string text, ReadFile(DomainFile(dir)));
  return Trimmed(std::move(text));
}

Result<std::string> EnsureCheckpointDomain(const fs::path& dir) {
  std::error_code code;
  if (fs::exists(DomainFile(dir), code)) return ReadCheckpointDomain(dir);
  FARETTO_RETURN_IF_ERROR(EnsureWritableFolder(CheckpointFolder(dir)));
  if (sodium_init() < 0) return Failed("the system gives no random numbers");
  const std::string nonce = NewNonce();
  FARETTO_RETURN_IF_ERROR(WriteFileAtomically(DomainFile(dir), nonce + "\n"));
  return nonce;
}

}  // namespace faretto
