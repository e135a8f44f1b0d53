// Rows of an import file before they are put together to trials. For this folder's sources only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "study/study_spec.h"

namespace faretto {

struct ImportRow {
  std::size_t position = 0;  // in the file, from 0
  std::string where;         // "row 3 (line 4)", "trial 3"
  std::string id;            // of the trial in the study that it comes from; empty: unknown
  Json params = Json::object();
  Json reports = Json::array();  // {"resource", "values", "cost"}
  std::optional<std::string> failure;
  Json target;  // where a failed one was sent; null: unknown

  // `resource`: of the row. A failure without values tells where it failed.
  void Fail(std::string reason, const Json& resource) {
    failure = std::move(reason);
    if (target.is_null() && reports.empty() && resource != 0) target = resource;
  }
};

struct ImportProblem {
  std::size_t position = 0;  // of the row
  std::string sentence;
};

struct ImportRows {
  std::vector<ImportRow> rows;
  std::vector<ImportProblem> problems;  // one for each row that cannot be read

  // The next row of the file, which was read at `where`, or what is wrong with it.
  void Add(const std::string& where, Result<ImportRow> row) {
    const std::size_t position = rows.size() + problems.size();
    if (!row.ok()) {
      problems.push_back({position, where + ": " + row.error().message});
      return;
    }
    row->position = position;
    row->where = where;
    rows.push_back(std::move(*row));
  }
};

// "failed" and the other states of a trial, or why it is none of them.
Status CheckStateName(const std::string& name);

// kInvalid for what is wrong with the file as a whole.
Result<ImportRows> ImportRowsOfCsv(const StudySpec& spec, std::string_view text);
Result<ImportRows> ImportRowsOfJson(const StudySpec& spec, std::string_view text);

}  // namespace faretto
