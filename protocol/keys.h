// CURVE keys of a study folder. Only key files are ever named; a key never stands on a command
// line.
//
//   DIR/keys/                    mode 0700
//     scheduler.public, scheduler.secret
//     local.secret               the pair that processes on this folder use
//     <name>.secret              pairs made by AddClient, to be carried to other machines
//     clients/<name>.public      who may connect; removing the file revokes
//
// A file holds one Z85 key (40 characters); secret files have mode 0600. Thread safety: functions
// on files; AuthorisedKeys: none.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace faretto {

struct KeyPair {
  std::string public_key;  // Z85
  std::string secret_key;
};

struct ClientKey {
  std::string name;
  std::string public_key;
};

// Makes what is missing: the folder, the scheduler's pair, the local client's pair. Returns the
// scheduler's pair.
Result<KeyPair> EnsureSchedulerKeys(const std::filesystem::path& dir);

// Authorises a client: a new pair whose secret goes to DIR/keys/<name>.secret (the returned path),
// or, with `public_key`, a key made elsewhere (then no secret is written and the path is empty).
// kInvalid: a name that is taken or not [A-Za-z0-9_.-]+, or a key that is none.
Result<std::filesystem::path> AddClient(const std::filesystem::path& dir, const std::string& name,
                                        const std::optional<std::string>& public_key = {});
// From now on messages of this key are dropped. kNotFound: no such client.
Status RevokeClient(const std::filesystem::path& dir, const std::string& name);
// By name.
Result<std::vector<ClientKey>> ListClients(const std::filesystem::path& dir);

// The pair of a secret file (the public half is computed).
Result<KeyPair> ReadKeyPair(const std::filesystem::path& secret_file);
Result<std::string> ReadPublicKey(const std::filesystem::path& public_file);
std::filesystem::path LocalSecretFile(const std::filesystem::path& dir);
std::filesystem::path SchedulerPublicFile(const std::filesystem::path& dir);

// The current set of authorised keys, read again when the folder has changed.
class AuthorisedKeys {
 public:
  explicit AuthorisedKeys(std::filesystem::path dir);
  // Looks whether the folder has changed; cheap. An unreadable folder authorises nobody.
  void Refresh();
  bool Contains(const std::string& public_key) const { return names_.contains(public_key); }

 private:
  std::filesystem::path dir_;
  std::int64_t read_ns_ = -1;                 // when it was read, Unix time
  std::int64_t modified_ns_ = -2;             // the folder's modification time then
  std::map<std::string, std::string> names_;  // by public key
};

}  // namespace faretto
