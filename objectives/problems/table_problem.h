// A benchmark table takes the place of training: CSV, one row for a configuration (at a resource).
//
//   lr,optimizer,resource,error,seconds,cost
//   0.1,SGD,2,0.31,40,12.5
//   0.1,SGD,6,0.24,40,37.5
//
// The columns that the study file names as `metrics` hold values; `resource` (whole numbers from 1)
// and `cost` (seconds that training from 0 up to the row's resource takes) are optional; every
// other column is a parameter. Numbers match by value to 12 significant digits ("0.10" is 0.1),
// true and false in any case, other text exactly. An empty parameter cell stands for an inactive
// parameter, an empty metric cell for an absent value. Without `resource` the values are the same
// at every resource, and `cost` is that of the whole training.
//
// Thread safety: immutable after Parse; const use from any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "objectives/pareto/objective.h"

namespace faretto {

class TableProblem {
 public:
  struct Row {
    std::int64_t resource = 0;  // 0: every resource
    Metrics values;
    double cost_s = 0;
  };

  // kInvalid, naming the line: not CSV, a metric without a column, no parameter, a cell that is no
  // finite number where one is needed, a configuration twice at one resource, a cost that is
  // negative or falls with the resource.
  static Result<TableProblem> Parse(std::string_view csv, const std::vector<std::string>& metrics);
  // The same of a file, whose name stands in front of errors.
  static Result<TableProblem> Read(const std::filesystem::path& file,
                                   const std::vector<std::string>& metrics);

  const std::vector<std::string>& parameters() const { return parameters_; }
  bool has_resource() const { return has_resource_; }
  bool has_cost() const { return has_cost_; }
  std::size_t configurations() const { return rows_.size(); }

  // Rows of a configuration by rising resource. kInvalid: a parameter without a column, or a
  // configuration that the table does not have. The pointer lives as long as the table.
  Result<const std::vector<Row>*> Find(const Json& params) const;

 private:
  std::vector<std::string> parameters_;  // in the order of the columns
  bool has_resource_ = false;
  bool has_cost_ = false;
  std::unordered_map<std::string, std::vector<Row>> rows_;
};

}  // namespace faretto
