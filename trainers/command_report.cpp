#include "trainers/command_report.h"

#include <cmath>

#include "base/field_reader.h"

namespace faretto {
namespace {

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
  std::string type;
  FieldReader fields(trainer, "trainer");
  fields.Text("type", type);
  fields.Require("command");
  fields.TextList("command", options.command);
  fields.TextList("metrics", options.metrics);
  fields.Text("working_directory", options.folder);
  const Json* environment = fields.Find("env");
  FARETTO_RETURN_IF_ERROR(fields.Finish());
  if (options.command.empty() || options.command[0].empty())
    return Invalid("trainer.command must name a program");
  if (environment == nullptr) return options;
  if (!environment->is_object()) return Invalid("trainer.env must be an object of text");
  for (const auto& [name, value] : environment->items()) {
    if (!value.is_string()) return Invalid("trainer.env." + name + " must be text");
    options.environment[name] = value.get<std::string>();
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
