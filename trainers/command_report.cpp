#include "trainers/command_report.h"

#include <cmath>

namespace faretto {
namespace {

Result<std::vector<std::string>> TextList(const Json& json, const std::string& path) {
  if (!json.is_array()) return Invalid(path + " must be a list of text");
  std::vector<std::string> list;
  for (const Json& entry : json) {
    if (!entry.is_string()) return Invalid(path + " must hold text, it holds " + DumpJson(entry));
    list.push_back(entry.get<std::string>());
  }
  return list;
}

Error NotAReport(std::string line, const std::string& why) {
  constexpr std::size_t kShown = 200;
  if (line.size() > kShown) line.replace(kShown, std::string::npos, " ...");
  return Failed("it wrote a line to its results pipe that is no report (" + why + "): " + line);
}

bool HoldsNan(const std::string& line) {
  return line.find("NaN") != std::string::npos || line.find("Infinity") != std::string::npos ||
         line.find(":nan") != std::string::npos || line.find(": nan") != std::string::npos;
}

}  // namespace

Result<CommandOptions> ParseCommandOptions(const Json& trainer) {
  CommandOptions options;
  if (!trainer.contains("command")) return Invalid("trainer.command is missing");
  FARETTO_ASSIGN_OR_RETURN(options.command, TextList(trainer["command"], "trainer.command"));
  if (options.command.empty() || options.command[0].empty())
    return Invalid("trainer.command must name a program");
  if (trainer.contains("metrics")) {
    FARETTO_ASSIGN_OR_RETURN(options.metrics, TextList(trainer["metrics"], "trainer.metrics"));
  }
  if (trainer.contains("env")) {
    if (!trainer["env"].is_object()) return Invalid("trainer.env must be an object of text");
    for (const auto& [name, value] : trainer["env"].items()) {
      if (!value.is_string()) return Invalid("trainer.env." + name + " must be text");
      options.environment[name] = value.get<std::string>();
    }
  }
  if (trainer.contains("working_directory")) {
    if (!trainer["working_directory"].is_string())
      return Invalid("trainer.working_directory must be text");
    options.folder = trainer["working_directory"].get<std::string>();
  }
  return options;
}

Result<CommandReport> ParseCommandReport(const std::string& line, std::int64_t previous) {
  const Result<Json> parsed = ParseJson(line);
  if (!parsed.ok())
    return HoldsNan(line) ? Failed("nan") : NotAReport(line, parsed.error().message);
  if (!parsed->is_object()) return NotAReport(line, "it must be an object");
  const auto resource = parsed->find("resource");
  if (resource == parsed->end() || !resource->is_number() ||
      resource->get<double>() != std::floor(resource->get<double>()) ||
      std::abs(resource->get<double>()) > 9007199254740992.0)
    return NotAReport(line, "\"resource\" must be a whole number");
  CommandReport report;
  report.resource = static_cast<std::int64_t>(resource->get<double>());
  report.cost = static_cast<double>(report.resource - previous);
  for (const auto& [name, value] : parsed->items()) {
    if (name == "resource" || value.is_null()) continue;
    if (!value.is_number()) return NotAReport(line, "\"" + name + "\" must be a number or null");
    const double number = value.get<double>();
    if (!std::isfinite(number)) return Failed("nan");
    if (name == "cost" && number < 0) return NotAReport(line, "\"cost\" must not be negative");
    (name == "cost" ? report.cost : report.values[name]) = number;
  }
  return report;
}

}  // namespace faretto
