#include "base/command_line/output.h"
#include "cli/commands.h"
#include "protocol/keys.h"
#include "results/options/study_folder_options.h"
#include "results/store/study_folder.h"

namespace faretto {
namespace {

Status Keys(const Arguments& arguments) {
  const std::filesystem::path dir = arguments.Get("dir");
  const std::string action = arguments.Get("ACTION");
  const std::string name = arguments.Get("NAME");
  if (action == "list") {
    FARETTO_ASSIGN_OR_RETURN(const std::vector<ClientKey> clients, ListClients(dir));
    Document document;
    document.json = {{"clients", Json::array()}};
    document.table.columns = {{"name"}, {"public key"}};
    for (const ClientKey& client : clients) {
      document.json["clients"].push_back(
          {{"name", client.name}, {"public_key", client.public_key}});
      document.table.rows.push_back({client.name, client.public_key});
    }
    document.records = document.table;
    FARETTO_ASSIGN_OR_RETURN(const OutputFormat format, FormatOf(arguments));
    return Print(Render(document, format));
  }
  if (name.empty()) return Invalid("keys " + action + " needs the client's name");
  if (!HoldsStudy(dir)) return Invalid("the folder " + dir.string() + " holds no study");
  if (action == "revoke") return RevokeClient(dir, name);
  FARETTO_RETURN_IF_ERROR(EnsureSchedulerKeys(dir));
  FARETTO_ASSIGN_OR_RETURN(const std::filesystem::path secret, AddClient(dir, name));
  return Print("carry these two files to the client's machine:\n  " + secret.string() + "\n  " +
               SchedulerPublicFile(dir).string() + "\n");
}

}  // namespace

int KeysCommand(const CommandArguments& args) {
  Arguments arguments(
      "keys", "add|revoke|list [NAME] --dir DIR",
      "Who may connect to a scheduler over TCP. A running scheduler follows at once.",
      {"faretto keys add gpu-node-3 --dir runs/orl-faces",
       "faretto keys list --dir runs/orl-faces"});
  arguments
      .PositionalText("ACTION", "add, revoke or list",
                      {.required = true, .one_of = {"add", "revoke", "list"}})
      .PositionalText("NAME", "the client's name", {});
  AddFormat(AddDir(arguments));
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Keys(arguments));
}

}  // namespace faretto
