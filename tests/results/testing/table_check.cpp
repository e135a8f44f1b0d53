#include "tests/results/testing/table_check.h"

#include <cstdio>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "results/queries/queries.h"
#include "results/queries/table.h"
#include "results/store/event_rows.h"
#include "study/state.h"

namespace faretto {
namespace {

std::string Cell(const Statement& row, int column) {
  return row.IsNull(column) ? "NULL" : row.Text(column);
}

std::string Line(const std::vector<std::string>& cells) {
  std::string line;
  for (const std::string& cell : cells) line += (line.empty() ? "" : "|") + cell;
  return line + "\n";
}

std::string ReasonOf(const std::optional<Failure>& failure) {
  return failure ? failure->reason : "NULL";
}

std::string TrialsOfFold(const StudyState& state) {
  std::string text;
  for (const Trial& trial : state.trials()) {
    text += Line({std::to_string(trial.id), std::string(TrialStateName(trial.state)),
                  DumpJson(trial.params), trial.origin, std::to_string(trial.seed),
                  std::to_string(trial.target), std::to_string(trial.reached),
                  std::to_string(trial.attempts), std::to_string(trial.losses),
                  ReasonOf(trial.failure)});
  }
  return text;
}

std::string ValuesOfFold(const StudyState& state) {
  std::string text;
  for (const Trial& trial : state.trials()) {
    for (std::int64_t resource = 0; resource <= 18; ++resource) {
      const TrialReport* report = trial.ReportAt(resource);
      if (!report) continue;
      for (const auto& [metric, value] : report->values) {
        char number[40];
        std::snprintf(number, sizeof number, "%.12g", value);
        text += Line({std::to_string(trial.id), std::to_string(resource), metric, number});
      }
    }
  }
  return text;
}

std::string JobsOfFold(const StudyState& state) {
  std::string text;
  for (const Job& job : state.jobs()) {
    text += Line({std::to_string(job.id), std::string(AssignmentKindName(job.kind)), job.name,
                  std::to_string(job.seed), job.split, std::string(JobStateName(job.state)),
                  std::to_string(job.attempts), ReasonOf(job.failure)});
  }
  return text;
}

std::string LiveOfFold(const StudyState& state) {
  std::string text;
  for (const auto& [id, a] : state.assignments()) {
    text += Line({std::to_string(id), std::string(AssignmentKindName(a.kind)), a.worker,
                  std::to_string(a.from), std::to_string(a.to), std::to_string(a.fence)});
  }
  return text;
}

std::string WorkersOfFold(const StudyState& state) {
  std::string text;
  for (const auto& [name, worker] : state.workers()) {
    text += Line({name, worker.instance, worker.host, worker.present ? "1" : "0"});
  }
  return text;
}

std::string RequestsOfFold(const StudyState& state) {
  std::string text;
  for (const auto& [client, request] : state.requests()) {
    text += Line({client, std::to_string(request.number), DumpJson(request.reply)});
  }
  return text;
}

std::string FrontOfFold(const StudyView& study) {
  std::set<TrialId> ids;
  const auto front = StudyFront(study, {});
  for (const TrialRow& row : front->trials) ids.insert(row.id);
  std::string text;
  for (const TrialId id : ids) text += Line({std::to_string(id)});
  return text;
}

}  // namespace

std::string Dump(Database& database, const std::string& sql) {
  auto rows = database.Prepare(sql);
  if (!rows.ok()) return rows.error().message;
  std::string text;
  while (true) {
    const auto row = rows->Step();
    if (!row.ok()) return row.error().message;
    if (!*row) return text;
    std::vector<std::string> cells;
    for (int i = 0; i < rows->column_count(); ++i) cells.push_back(Cell(*rows, i));
    text += Line(cells);
  }
}

std::string TablesDifference(Database& database, const StudySpec& spec) {
  StudyState state(spec);
  const Status folded =
      ForEachEventRow(database, 0, [&](const Event& event) { return state.Apply(event); });
  if (!folded.ok()) return folded.error().message;
  const std::pair<const char*, std::string> checks[] = {
      {"SELECT trial, state, params, origin, seed, target, reached, attempts, losses,"
       " failure_reason FROM trials ORDER BY 1",
       TrialsOfFold(state)},
      {"SELECT trial, resource, metric, printf('%.12g', value) FROM trial_values ORDER BY 1, 2, 3",
       ValuesOfFold(state)},
      {"SELECT job, kind, name, seed, split, state, attempts, failure_reason FROM jobs ORDER BY 1",
       JobsOfFold(state)},
      {"SELECT assignment, kind, worker, from_resource, to_resource, fence FROM assignments"
       " WHERE state = 'running' ORDER BY 1",
       LiveOfFold(state)},
      {"SELECT worker, instance, host, present FROM workers ORDER BY 1", WorkersOfFold(state)},
      {"SELECT client, number, reply FROM requests ORDER BY 1", RequestsOfFold(state)},
      {"SELECT trial FROM pareto ORDER BY 1", FrontOfFold({spec, state})},
  };
  for (const auto& [sql, expected] : checks) {
    const std::string found = Dump(database, sql);
    if (found != expected) return std::string(sql) + "\nfound\n" + found + "expected\n" + expected;
  }
  return "";
}

}  // namespace faretto
