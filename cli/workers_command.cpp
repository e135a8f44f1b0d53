#include "base/command_line/output.h"
#include "base/number_text.h"
#include "cli/commands.h"
#include "results/options/study_folder_options.h"
#include "scheduler/requests/folder_request.h"

namespace faretto {
namespace {

Status Workers(const Arguments& arguments) {
  FARETTO_ASSIGN_OR_RETURN(const OutputFormat format, FormatOf(arguments));
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, OpenStudy(arguments));
  Document document;
  document.json = {{"workers", Json::array()}};
  document.table.columns = {{"worker"}, {"host"}, {"pid", true}, {"present"}, {"heard"}, {"doing"}};
  const WorkersHeard heard = LiveWorkers(arguments.Get("dir"));
  for (const auto& [name, worker] : study.state().workers()) {
    std::string doing;
    Json assignment_json;
    for (const auto& [id, assignment] : study.state().assignments()) {
      if (assignment.worker != name) continue;
      doing = std::string(AssignmentKindName(assignment.kind));
      if (assignment.trial >= 0) doing += " trial " + std::to_string(assignment.trial);
      doing += ", " + std::to_string(assignment.from) + " to " + std::to_string(assignment.to);
      assignment_json = {{"assignment", id},
                         {"kind", AssignmentKindName(assignment.kind)},
                         {"trial", assignment.trial},
                         {"from", assignment.from},
                         {"to", assignment.to}};
    }
    const auto ago = heard.seconds_ago.find(name);
    const bool live = worker.present && ago != heard.seconds_ago.end();
    document.table.rows.push_back({name, worker.host, std::to_string(worker.pid),
                                   worker.present ? "yes" : "no",
                                   live ? ShortNumber(ago->second) + " s ago" : "-", doing});
    document.json["workers"].push_back({{"name", name},
                                        {"host", worker.host},
                                        {"pid", worker.pid},
                                        {"present", worker.present},
                                        {"heard_s", live ? Json(ago->second) : Json()},
                                        {"assignment", assignment_json}});
  }
  document.records = document.table;
  return Print(Render(document, format));
}

}  // namespace

int WorkersCommand(const CommandArguments& args) {
  Arguments arguments("workers", "--dir DIR [--format table|json|csv]",
                      "Every worker that has joined, and what it does.",
                      {"faretto workers --dir runs/orl-faces"});
  AddFormat(AddDir(arguments));
  if (const auto exit_code = arguments.Parse(args)) return *exit_code;
  return Exit(Workers(arguments));
}

}  // namespace faretto
