#include "results/options/study_folder_options.h"

#include "results/queries/filter.h"

namespace faretto {

Arguments& AddDir(Arguments& arguments) {
  return arguments.Text("dir", "DIR", "the study folder", {.required = true});
}

Arguments& AddFormat(Arguments& arguments) {
  return arguments.Text("format", "FORMAT", "table, json or csv", {.default_value = "table"});
}

Arguments& AddRowFilters(Arguments& arguments) {
  return arguments
      .Text("where", "EXPR",
            "only trials for which it holds, as in 'error<0.1 and optimizer==\"SGD\"'; also by id, "
            "state, resource, origin and constraint_violation (0: feasible)")
      .Text("sort", "KEYS", "as in error or error,id:desc");
}

Arguments& AddTrialId(Arguments& arguments) {
  return arguments.PositionalInteger("ID", "the trial", {.required = true, .at_least = 0});
}

Result<StudyReader> OpenStudy(const Arguments& arguments) {
  return StudyReader::Open(arguments.Get("dir"));
}

Result<StudyReader> OpenStudyWithHistory(const Arguments& arguments) {
  return StudyReader::OpenWithHistory(arguments.Get("dir"));
}

Result<const Trial*> FindTrialIn(const std::filesystem::path& dir, const StudyReader& study,
                                 TrialId id) {
  if (const Trial* trial = study.state().FindTrial(id)) return trial;
  return NotFound("there is no trial " + std::to_string(id) + " in " + dir.string() + "; it has " +
                  std::to_string(study.state().trials().size()) + " trials, numbered from 0");
}

Status CheckComparedAt(const std::string& command, const StudyReader& study,
                       std::optional<std::int64_t> resource) {
  const std::int64_t top = study.spec().top_resource();
  if (!resource || *resource <= top) return Ok{};
  return Invalid(command + ": no trial of this study goes beyond resource " + std::to_string(top) +
                 ", --resource is " + std::to_string(*resource));
}

Result<OutputFormat> FormatOf(const Arguments& arguments) {
  return OutputFormatFromName(arguments.Get("format"));
}

Status FilterRows(const Arguments& arguments, const StudyView& study, std::vector<TrialRow>& rows) {
  FARETTO_RETURN_IF_ERROR(ApplyFilter(arguments.Get("where"), study, rows));
  return ApplySort(arguments.Get("sort"), study, rows);
}

}  // namespace faretto
