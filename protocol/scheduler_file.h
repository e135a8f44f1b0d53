// DIR/scheduler.json: where the scheduler of a study folder answers, for workers and clients that
// know the folder. Written at every start, removed at a clean end. Thread safety: pure functions;
// the file is replaced atomically.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"

namespace faretto {

struct SchedulerFile {
  std::string endpoint;    // "ipc:///.../scheduler.ipc" or "tcp://host:port"
  std::string public_key;  // CURVE, Z85; empty: the endpoint is plain (ipc)
  std::int64_t pid = 0;
  std::string host;
  std::int64_t incarnation = 0;
};

std::filesystem::path SchedulerFilePath(const std::filesystem::path& dir);
// kFailed if no scheduler runs there (no file), or if the file is damaged.
Result<SchedulerFile> ReadSchedulerFile(const std::filesystem::path& dir);
Status WriteSchedulerFile(const std::filesystem::path& dir, const SchedulerFile& file);
void RemoveSchedulerFile(const std::filesystem::path& dir);

// Where local processes meet: ipc://DIR/scheduler.ipc. Where that path is too long for a socket
// (sun_path has 108 bytes), a socket in a new private temporary folder (mode 0700).
Result<std::string> LocalEndpoint(const std::filesystem::path& dir);
// Removes the socket file, and the private folder if it was in one.
void RemoveLocalEndpoint(const std::string& endpoint);

// DIR/checkpoints: the checkpoint folder of the study folder's domain.
std::filesystem::path CheckpointFolder(const std::filesystem::path& dir);
// The nonce in that folder. Who reads the same one shares the folder: it names the checkpoint
// domain.
Result<std::string> ReadCheckpointDomain(const std::filesystem::path& dir);
// The same, made if it is not there (by the scheduler).
Result<std::string> EnsureCheckpointDomain(const std::filesystem::path& dir);

}  // namespace faretto
