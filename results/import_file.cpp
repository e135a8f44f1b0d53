#include "results/import_file.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "results/import_rows.h"
#include "study/import.h"

namespace faretto {
namespace {

constexpr std::size_t kShownProblems = 20;

double ResourceOf(const Json& report) {
  const Json& resource = report["resource"];
  return resource.is_number() ? resource.get<double>() : 0;
}

// Adds the reports of a later row; the problem, or nothing. `same_source`: both rows tell of the
// same trial of another study, so that a repeated resource is a stretch that was trained again.
std::string AddReports(const Json& more, bool same_source, Json& reports) {
  for (const Json& report : more) {
    const auto same = std::find_if(reports.begin(), reports.end(), [&](const Json& known) {
      return ResourceOf(known) == ResourceOf(report);
    });
    if (same == reports.end()) {
      reports.push_back(report);
    } else if (same_source) {
      *same = report;
    } else {
      return "resource " + DumpJson(report["resource"]) + " stands there already";
    }
  }
  return "";
}

class Trials {
 public:
  explicit Trials(const StudySpec& spec) : spec_(spec) {}

  // Rows of one configuration become one.
  void Add(ImportRow row) {
    Json reports = std::exchange(row.reports, Json::array());
    const auto configuration = spec_.space.FromJson(row.params);
    if (!configuration.ok()) return Problem(row, configuration.error().message);
    const auto [found, fresh] =
        index_.emplace(spec_.space.CanonicalKey(*configuration), rows_.size());
    if (fresh) rows_.push_back(row);
    ImportRow& known = rows_[found->second];
    const bool same_source = fresh || (!row.id.empty() && row.id == known.id);
    const std::string problem = AddReports(reports, same_source, known.reports);
    if (!problem.empty())
      return Problem(row, "it repeats the configuration of " + known.where + ": " + problem);
    if (row.failure) known.failure = row.failure;
    if (!row.target.is_null()) known.target = row.target;
  }

  Json Finished(std::int64_t& unfinished) {
    Json trials = Json::array();
    for (ImportRow& row : rows_) {
      if (row.reports.empty() && !row.failure) {
        ++unfinished;
        continue;
      }
      std::stable_sort(row.reports.begin(), row.reports.end(),
                       [](const Json& a, const Json& b) { return ResourceOf(a) < ResourceOf(b); });
      Json trial = {{"params", row.params}, {"reports", row.reports}};
      if (row.failure) trial["failure"] = *row.failure;
      if (row.failure && !row.target.is_null()) trial["target"] = row.target;
      const auto parsed = ParseImportedTrial(spec_, trial);
      if (!parsed.ok()) Problem(row, parsed.error().message);
      trials.push_back(std::move(trial));
    }
    return trials;
  }

  void Problem(const ImportRow& row, const std::string& what) {
    problems.push_back({row.position, row.where + ": " + what});
  }

  std::vector<ImportProblem> problems;

 private:
  const StudySpec& spec_;
  std::vector<ImportRow> rows_;
  std::map<std::string, std::size_t> index_;
};

Error AllOf(std::vector<ImportProblem> problems) {
  std::stable_sort(
      problems.begin(), problems.end(),
      [](const ImportProblem& a, const ImportProblem& b) { return a.position < b.position; });
  std::string text;
  for (std::size_t i = 0; i < std::min(problems.size(), kShownProblems); ++i)
    text += (i > 0 ? "\n" : "") + problems[i].sentence;
  if (problems.size() > kShownProblems)
    text += "\nand " + std::to_string(problems.size() - kShownProblems) + " more";
  return Invalid(text);
}

}  // namespace

Result<ImportFile> ParseImportFile(const StudySpec& spec, std::string_view text) {
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) return Invalid("the file is empty");
  const bool json = text[start] == '{' || text[start] == '[';
  FARETTO_ASSIGN_OR_RETURN(ImportRows rows,
                           json ? ImportRowsOfJson(spec, text) : ImportRowsOfCsv(spec, text));
  Trials trials(spec);
  trials.problems = std::move(rows.problems);
  for (ImportRow& row : rows.rows) trials.Add(std::move(row));
  ImportFile file;
  file.trials = trials.Finished(file.unfinished);
  if (!trials.problems.empty()) return AllOf(trials.problems);
  return file;
}

}  // namespace faretto
