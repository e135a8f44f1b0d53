// Where a scheduler is. Thread safety: plain values.
#pragma once

#include <filesystem>
#include <string>

namespace faretto {

// How a scheduler is found: by study folder (scheduler.json is read, again whenever it does not
// answer), or by endpoint and the scheduler's public key file.
struct SchedulerLocation {
  std::filesystem::path dir = {};
  std::string endpoint = {};                   // "tcp://host:port"; used when `dir` is empty
  std::filesystem::path server_key_file = {};  // with `endpoint`
  std::filesystem::path client_key_file = {};  // secret file; empty: DIR/keys/local.secret
};

}  // namespace faretto
