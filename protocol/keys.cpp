#include "protocol/keys.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>
#include <zmq.hpp>

#include "base/files.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kKeyLength = 40;  // Z85 of 32 bytes
// A folder changed this shortly before it was read may change again within one tick of its clock.
constexpr std::int64_t kRacyNs = 2'000'000'000;

fs::path KeysFolder(const fs::path& dir) { return dir / "keys"; }
fs::path ClientsFolder(const fs::path& dir) { return KeysFolder(dir) / "clients"; }
fs::path ClientFile(const fs::path& dir, const std::string& name) {
  return ClientsFolder(dir) / (name + ".public");
}

Status MakePrivateFolder(const fs::path& path) {
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return Failed("cannot make the folder " + path.string() + ": " + std::strerror(errno));
  if (::chmod(path.c_str(), 0700) != 0)
    return Failed("cannot set the mode of " + path.string() + ": " + std::strerror(errno));
  return Ok{};
}

Result<KeyPair> NewPair() {
  char public_key[kKeyLength + 1];
  char secret_key[kKeyLength + 1];
  if (zmq_curve_keypair(public_key, secret_key) != 0)
    return Failed("this build of libzmq has no CURVE encryption: install one with libsodium");
  return KeyPair{public_key, secret_key};
}

bool IsKey(const std::string& text) {
  std::uint8_t bytes[32];
  return text.size() == kKeyLength && zmq_z85_decode(bytes, text.c_str()) != nullptr;
}

bool IsName(const std::string& name) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
  };
  return !name.empty() && name.size() <= 100 && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), plain);
}

// The folder is private already, so that nobody else can read the file before its mode is set.
Status WriteSecret(const fs::path& path, const std::string& key) {
  FARETTO_RETURN_IF_ERROR(WriteFileAtomically(path, key + "\n"));
  if (::chmod(path.c_str(), 0600) != 0)
    return Failed("cannot set the mode of " + path.string() + ": " + std::strerror(errno));
  return Ok{};
}

Result<std::string> ReadKeyFile(const fs::path& path) {
  FARETTO_ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
    text.pop_back();
  if (!IsKey(text)) return Invalid(path.string() + " does not hold a key (40 characters of Z85)");
  return text;
}

std::int64_t ModifiedNs(const fs::path& folder) {
  struct stat info {};
  if (::stat(folder.c_str(), &info) != 0) return -1;
  return std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
}

std::int64_t UnixNs() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

Status EnsureLocalClient(const fs::path& dir) {
  std::error_code code;
  if (fs::exists(LocalSecretFile(dir), code)) return Ok{};
  FARETTO_ASSIGN_OR_RETURN(const KeyPair pair, NewPair());
  FARETTO_RETURN_IF_ERROR(WriteFileAtomically(ClientFile(dir, "local"), pair.public_key + "\n"));
  return WriteSecret(LocalSecretFile(dir), pair.secret_key);
}

Status EnsureFolders(const fs::path& dir) {
  FARETTO_RETURN_IF_ERROR(EnsureWritableFolder(dir));
  FARETTO_RETURN_IF_ERROR(MakePrivateFolder(KeysFolder(dir)));
  return MakePrivateFolder(ClientsFolder(dir));
}

}  // namespace

fs::path LocalSecretFile(const fs::path& dir) { return KeysFolder(dir) / "local.secret"; }
fs::path SchedulerPublicFile(const fs::path& dir) { return KeysFolder(dir) / "scheduler.public"; }

Result<KeyPair> EnsureSchedulerKeys(const fs::path& dir) {
  FARETTO_RETURN_IF_ERROR(EnsureFolders(dir));
  FARETTO_RETURN_IF_ERROR(EnsureLocalClient(dir));
  const fs::path secret = KeysFolder(dir) / "scheduler.secret";
  std::error_code code;
  if (fs::exists(secret, code)) return ReadKeyPair(secret);
  FARETTO_ASSIGN_OR_RETURN(const KeyPair pair, NewPair());
  FARETTO_RETURN_IF_ERROR(WriteFileAtomically(SchedulerPublicFile(dir), pair.public_key + "\n"));
  FARETTO_RETURN_IF_ERROR(WriteSecret(secret, pair.secret_key));
  return pair;
}

Result<fs::path> AddClient(const fs::path& dir, const std::string& name,
                           const std::optional<std::string>& public_key) {
  if (!IsName(name))
    return Invalid("\"" + name + "\" cannot name a client: use letters, digits, '_', '-' and '.'");
  if (public_key && !IsKey(*public_key))
    return Invalid("the key of client " + name + " is no CURVE key (40 characters of Z85)");
  FARETTO_RETURN_IF_ERROR(EnsureSchedulerKeys(dir));
  std::error_code code;
  if (name == "scheduler" || fs::exists(ClientFile(dir, name), code))
    return Invalid("there is a client " + name + " already: revoke it first or take another name");
  if (public_key) {
    FARETTO_RETURN_IF_ERROR(WriteFileAtomically(ClientFile(dir, name), *public_key + "\n"));
    return fs::path();
  }
  FARETTO_ASSIGN_OR_RETURN(const KeyPair pair, NewPair());
  const fs::path secret = KeysFolder(dir) / (name + ".secret");
  FARETTO_RETURN_IF_ERROR(WriteSecret(secret, pair.secret_key));
  FARETTO_RETURN_IF_ERROR(WriteFileAtomically(ClientFile(dir, name), pair.public_key + "\n"));
  return secret;
}

Status RevokeClient(const fs::path& dir, const std::string& name) {
  std::error_code code;
  if (!IsName(name) || !fs::exists(ClientFile(dir, name), code))
    return NotFound("there is no client " + name + " in " + ClientsFolder(dir).string() +
                    ": `faretto keys list` shows them");
  if (!fs::remove(ClientFile(dir, name), code))
    return Failed("cannot remove " + ClientFile(dir, name).string() + ": " + code.message());
  fs::remove(KeysFolder(dir) / (name + ".secret"), code);
  return Ok{};
}

Result<std::vector<ClientKey>> ListClients(const fs::path& dir) {
  std::error_code code;
  std::vector<ClientKey> clients;
  if (!fs::exists(ClientsFolder(dir), code)) return clients;  // none were made yet
  fs::directory_iterator entries(ClientsFolder(dir), code);
  if (code) return Failed("cannot read " + ClientsFolder(dir).string() + ": " + code.message());
  for (const fs::directory_entry& entry : entries) {
    if (entry.path().extension() != ".public") continue;
    Result<std::string> key = ReadKeyFile(entry.path());
    if (key.ok()) clients.push_back({entry.path().stem().string(), *key});
  }
  std::sort(clients.begin(), clients.end(),
            [](const ClientKey& a, const ClientKey& b) { return a.name < b.name; });
  return clients;
}

Result<KeyPair> ReadKeyPair(const fs::path& secret_file) {
  FARETTO_ASSIGN_OR_RETURN(std::string secret, ReadKeyFile(secret_file));
  char public_key[kKeyLength + 1];
  if (zmq_curve_public(public_key, secret.c_str()) != 0)
    return Invalid(secret_file.string() + " does not hold a secret key");
  return KeyPair{public_key, std::move(secret)};
}

Result<std::string> ReadPublicKey(const fs::path& public_file) { return ReadKeyFile(public_file); }

AuthorisedKeys::AuthorisedKeys(fs::path dir) : dir_(std::move(dir)) { Refresh(); }

void AuthorisedKeys::Refresh() {
  const std::int64_t modified_ns = ModifiedNs(ClientsFolder(dir_));
  if (modified_ns == modified_ns_ && read_ns_ - modified_ns > kRacyNs) return;
  read_ns_ = UnixNs();
  modified_ns_ = modified_ns;
  names_.clear();
  Result<std::vector<ClientKey>> clients = ListClients(dir_);
  if (!clients.ok()) return;
  for (const ClientKey& client : *clients) names_[client.public_key] = client.name;
}

}  // namespace faretto
