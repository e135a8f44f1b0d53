#include "scheduler/simulator/function_source.h"

#include <algorithm>

#include "base/names.h"
#include "objectives/problems/function_problem.h"
#include "study/rungs.h"

namespace faretto {
namespace {

class FunctionSource final : public TrainingSource {
 public:
  FunctionSource(FunctionProblem problem, const StudySpec& spec)
      : problem_(std::move(problem)),
        horizon_(spec.top_resource()),
        rungs_(ComparisonRungs(spec.algorithm)) {}

  SimulatedTraining Train(const Trial& trial, std::int64_t from, std::int64_t to) const override {
    SimulatedTraining made;
    const auto training = problem_.Prepare(trial.params, horizon_);
    if (!training.ok()) {
      made.failure = training.error().message;
      return made;
    }
    std::int64_t reported = from;
    for (std::int64_t resource = from + 1; resource <= to; ++resource) {
      if (resource < to && (!training->ReportsAt(resource) || !IsKept(resource, to - from)))
        continue;
      auto values = training->At(resource);
      if (!values.ok()) {
        made.failure = values.error().message;
        return made;
      }
      made.reports.push_back({resource, std::move(*values), training->Cost(reported, resource)});
      reported = resource;
    }
    return made;
  }

 private:
  // A long training reports at the rungs and at some 10,000 other resources, which is enough for
  // any picture.
  bool IsKept(std::int64_t resource, std::int64_t stretch) const {
    constexpr std::int64_t kReports = 10000;
    return resource % (1 + stretch / kReports) == 0 ||
           std::binary_search(rungs_.begin(), rungs_.end(), resource);
  }

  FunctionProblem problem_;
  std::int64_t horizon_;
  std::vector<std::int64_t> rungs_;
};

// A column that is no parameter would make every configuration a missing one.
Status CheckColumns(const TableProblem& table, const Space& space) {
  const std::vector<std::string>& columns = table.parameters();
  std::vector<std::string> known;
  for (const Parameter& parameter : space.parameters()) {
    known.push_back(parameter.name);
    if (std::find(columns.begin(), columns.end(), parameter.name) == columns.end())
      return Invalid("the table has no column of the parameter \"" + parameter.name + "\"" +
                     NameHint(parameter.name, columns));
  }
  for (const std::string& column : columns) {
    if (!space.Find(column))
      return Invalid("the table's column \"" + column +
                     "\" is no parameter of the space; remove it, or name it in trainer.metrics" +
                     NameHint(column, known));
  }
  return Ok{};
}

}  // namespace

Result<std::unique_ptr<TrainingSource>> MakeFunctionSource(const StudySpec& spec,
                                                           const Json& trainer) {
  const std::string type = trainer.is_object() ? trainer.value("type", "") : "";
  if (type != "function") {
    return Invalid("trainer.type is \"" + type +
                   "\"; only the trainer function can be simulated as it is, else name --problem, "
                   "--table or --recorded");
  }
  FARETTO_ASSIGN_OR_RETURN(FunctionProblem problem, FunctionProblem::Make(trainer));
  if (problem.table()) {
    const Status columns = CheckColumns(*problem.table(), spec.space);
    if (!columns.ok()) return columns.error().In(problem.name());
  }
  return std::unique_ptr<TrainingSource>(
      std::make_unique<FunctionSource>(std::move(problem), spec));
}

}  // namespace faretto
