#include <csignal>
#include <string>
#include <vector>

#include "base/command_line/arguments.h"
#include "base/command_line/output.h"
#include "base/log.h"
#include "base/names.h"
#include "base/processor.h"
#include "cli/commands.h"

namespace {

std::string Help() {
  std::string text =
      "Faretto finds neural architectures and training hyperparameters whose models are accurate "
      "and fair.\n\n"
      "Usage: faretto COMMAND [options]      faretto COMMAND --help\n\nCommands:\n";
  for (const faretto::Command& command : faretto::Commands()) {
    text += "  " + std::string(command.name) +
            std::string(12 - std::string(command.name).size(), ' ') + command.summary + "\n";
  }
  text +=
      "\nExamples:\n"
      "  faretto run study.json                          search, in runs/<name>; again: resume\n"
      "  faretto pareto --dir runs/orl-faces             the front, also while it runs\n"
      "  faretto retrain --dir runs/orl-faces --trial 7  test error and fairness with 3 seeds\n"
      "\nExit codes: 0 done, 1 failed, 2 wrong usage or input, 3 not found, 130 interrupted (can "
      "be resumed).\n";
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  faretto::RequireProcessor();
  // A reader that goes away (| head) is an error of write(), not a signal.
  std::signal(SIGPIPE, SIG_IGN);
  faretto::SetUpLog();
  const std::vector<std::string> args(argv + 1, argv + argc);
  if (args.empty()) {
    faretto::Say(Help());
    return 2;
  }
  if (args[0] == "--help" || args[0] == "-h" || args[0] == "help") {
    return faretto::Exit(faretto::Print(Help()));
  }
  if (args[0] == "--version") {
    return faretto::Exit(faretto::Print("faretto " FARETTO_VERSION "\n"));
  }
  std::vector<std::string> names;
  for (const faretto::Command& command : faretto::Commands()) {
    if (args[0] == command.name) return command.run({args.begin() + 1, args.end()});
    names.emplace_back(command.name);
  }
  return faretto::PrintError(
      faretto::Invalid("unknown command \"" + args[0] + "\"" + faretto::NameHint(args[0], names)));
}
