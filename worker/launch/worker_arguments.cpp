#include "worker/launch/worker_arguments.h"

#include <unistd.h>

#include <cctype>

#include "base/process.h"

namespace faretto {
namespace fs = std::filesystem;
namespace {

std::string DefaultName() {
  std::string name = HostName() + "-" + std::to_string(::getpid());
  for (char& letter : name)
    if (!std::isalnum(static_cast<unsigned char>(letter)) && letter != '.') letter = '-';
  return name;
}

fs::path PathOf(const Arguments& arguments, const std::string& option) {
  if (arguments.Get(option).empty()) return {};
  return fs::absolute(arguments.Get(option)).lexically_normal();
}

}  // namespace

Arguments& AddWorkerOptions(Arguments& arguments) {
  return arguments.Text("dir", "DIR", "the study folder, on this machine or a shared file system")
      .Text("connect", "ADDRESS", "the scheduler's address, for a machine without the folder")
      .Text("server-key", "FILE", "the scheduler's public key, with --connect")
      .Text("client-key", "FILE",
            "this machine's secret key (faretto keys add); default: local.secret beside the server "
            "key")
      .Text("name", "NAME", "unique in the study; default: host and process number")
      .Text("folder", "DIR", "checkpoints, models and logs, with --connect; default: faretto-NAME")
      .Text("scratch", "DIR",
            "files of the running assignment; default: scratch/NAME in the folder")
      .Number("checkpoint-every-s", "S", "between checkpoints while it trains",
              {.above = 0, .default_value = 60})
      .Number("give-up-s", "S", "end when no scheduler answers for so long",
              {.above = 0, .default_value = 300})
      .Number("abandon-grace-s", "S", "how long a training whose lease is lost may take to stop",
              {.above = 0, .default_value = 60});
}

Result<WorkerPlace> WorkerPlaceOf(const Arguments& arguments) {
  if (arguments.Has("dir") == arguments.Has("connect"))
    return Invalid("worker: give either --dir DIR or --connect tcp://HOST:PORT");
  if (arguments.Has("connect") && !arguments.Has("server-key"))
    return Invalid(
        "worker: --connect needs --server-key, the file with the scheduler's public key");
  WorkerPlace place;
  place.scheduler = {.dir = PathOf(arguments, "dir"),
                     .endpoint = arguments.Get("connect"),
                     .server_key_file = PathOf(arguments, "server-key"),
                     .client_key_file = PathOf(arguments, "client-key")};
  place.name = arguments.Has("name") ? arguments.Get("name") : DefaultName();
  place.folder = PathOf(arguments, "folder");
  if (place.folder.empty()) place.folder = place.scheduler.dir;
  if (place.folder.empty()) place.folder = fs::absolute("faretto-" + place.name);
  return place;
}

std::vector<std::string> WorkerOptionsToPassOn(const Arguments& arguments) {
  return arguments.Words({"dir", "connect", "server-key", "client-key", "folder", "scratch",
                          "checkpoint-every-s", "give-up-s", "abandon-grace-s"});
}

}  // namespace faretto
