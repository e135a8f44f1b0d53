#include "results/exchange/import_file.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "base/names.h"
#include "results/exchange/import_rows.h"
#include "study/import.h"
#include "study/trial.h"

namespace faretto {
namespace {

constexpr std::size_t kShownProblems = 20;

// A report, and the row of the file that it comes from.
struct Report {
  Json json;
  std::int64_t resource = 0;
  std::size_t position = 0;
  std::string where;
};

// The rows of one configuration.
struct Group {
  ImportRow first;
  std::vector<Report> reports;
  bool wrong = false;  // a row of it was refused already
};

class Trials {
 public:
  explicit Trials(const StudySpec& spec) : spec_(spec) {}

  // Rows of one configuration become one trial.
  void Add(ImportRow row) {
    const Json reports = std::exchange(row.reports, Json::array());
    const auto configuration = spec_.space.FromJson(row.params);
    if (!configuration.ok()) return Problem(row, configuration.error().message);
    const auto [found, fresh] =
        index_.emplace(spec_.space.CanonicalKey(*configuration), trials_.size());
    if (fresh) trials_.push_back({row, {}, false});
    Group& trial = trials_[found->second];
    const bool same_source = !row.id.empty() && row.id == trial.first.id;
    for (const Json& report : reports) {
      const std::string problem = AddReport(row, report, same_source, trial);
      if (problem.empty()) continue;
      trial.wrong = true;
      return Problem(row, problem);
    }
    if (row.failure) trial.first.failure = row.failure;
    if (!row.target.is_null()) trial.first.target = row.target;
  }

  Json Finished(std::int64_t& unfinished) {
    Json finished = Json::array();
    for (Group& trial : trials_) {
      const ImportRow& row = trial.first;
      if (trial.wrong) continue;
      if (trial.reports.empty() && !row.failure) {
        ++unfinished;
        continue;
      }
      std::stable_sort(trial.reports.begin(), trial.reports.end(),
                       [](const Report& a, const Report& b) { return a.resource < b.resource; });
      Json json = {{"params", row.params}, {"reports", Json::array()}};
      for (const Report& report : trial.reports) json["reports"].push_back(report.json);
      if (row.failure) json["failure"] = *row.failure;
      if (row.failure && !row.target.is_null()) json["target"] = row.target;
      const auto parsed = ParseImportedTrial(spec_, json);
      // What is still wrong now is wrong at the highest resource.
      if (!parsed.ok() && trial.reports.empty()) Problem(row, parsed.error().message);
      if (!parsed.ok() && !trial.reports.empty())
        Problem(trial.reports.back(), parsed.error().message);
      finished.push_back(std::move(json));
    }
    return finished;
  }

  // In an ImportRow or a Report.
  void Problem(const auto& place, const std::string& what) {
    problems.push_back({place.position, place.where + ": " + what});
  }

  std::vector<ImportProblem> problems;

 private:
  // What is wrong with it, or nothing. `same_source`: all rows tell of the same trial of another
  // study, so that a repeated resource is a stretch that was trained again.
  std::string AddReport(const ImportRow& row, const Json& json, bool same_source,
                        Group& trial) const {
    const auto result = ParseImportedResult(spec_, json);
    if (!result.ok()) return result.error().message;
    const Report report{json, result->resource, row.position, row.where};
    const auto same =
        std::find_if(trial.reports.begin(), trial.reports.end(),
                     [&](const Report& known) { return known.resource == report.resource; });
    if (same == trial.reports.end()) {
      trial.reports.push_back(report);
    } else if (same_source) {
      *same = report;
    } else {
      return "it repeats the configuration of " + trial.first.where + ": resource " +
             std::to_string(report.resource) + " stands there already";
    }
    return "";
  }

  const StudySpec& spec_;
  std::vector<Group> trials_;
  std::map<std::string, std::size_t> index_;
};

}  // namespace

Status CheckStateName(const std::string& name) {
  std::vector<std::string> known;
  for (const TrialState state : {TrialState::kWaiting, TrialState::kRunning, TrialState::kPaused,
                                 TrialState::kCompleted, TrialState::kStopped, TrialState::kFailed})
    known.emplace_back(TrialStateName(state));
  if (std::find(known.begin(), known.end(), name) != known.end()) return Ok{};
  return Invalid("the state \"" + name + "\" is not one" + NameHint(name, known));
}

namespace {

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
