// What a command prints, in three forms: table for people, json (stable, versioned), csv.
//
//   std::cout << Render(FrontDocument(view, front, Baselines(view)), format);
//
// A command fills one Document; the form is chosen in one place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "results/queries/queries.h"
#include "results/queries/table.h"

namespace faretto {

enum class OutputFormat { kTable, kJson, kCsv };
// "table", "json", "csv"; kInvalid otherwise.
Result<OutputFormat> OutputFormatFromName(std::string_view name);

// Version of the JSON shapes; rises when a field is removed or changes its meaning.
inline constexpr int kJsonVersion = 1;

struct Document {
  Json json;          // an object; "version" is added by Render
  Table table;        // for people
  Table records;      // for csv: full precision, one column a value
  std::string notes;  // lines below the table
};

// The chosen form, ending with a line end.
std::string Render(const Document& document, OutputFormat format);

// {"trials":[{"id","state","params","resource","values","origin","seed",...}]}
Document TrialsDocument(const StudyView& study, const std::vector<TrialRow>& rows);
// The same shape, and "objectives", "hypervolume", "reference", "knee" where known, "baselines"
// where the study has reference lines. rank_disparity is shown with its 95 % interval where
// rank_disparity_low and rank_disparity_high are reported, marked * where that contains 0.
Document FrontDocument(const StudyView& study, const Front& front,
                       const std::vector<BaselineRow>& baselines);

Json TrialJson(const TrialRow& row);
Json MetricsJson(const Metrics& values);
// [{"resource","values","cost","assignment"}], oldest first.
Json ReportsJson(const Trial& trial);
// A retraining, reference line or evaluation, with its failure if it has one.
Json JobJson(const Job& job);

// "0.0312 [0.0000, 0.0801]*": `metric` with the interval reported beside it as <metric>_low and
// <metric>_high; without one, the number; "-" if it is missing.
std::string ValueWithInterval(const Metrics& values, const std::string& metric);
// The study's objectives, then the other metrics that its constraints name.
std::vector<std::string> NamedMetrics(const StudySpec& spec);

}  // namespace faretto
