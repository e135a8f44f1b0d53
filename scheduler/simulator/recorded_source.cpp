#include "scheduler/simulator/recorded_source.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "results/store/reader.h"

namespace faretto {
namespace {

struct Recorded {
  Configuration configuration;
  std::vector<double> unit;
  std::string key;
  std::vector<SimulatedReport> reports;  // rising resource, one for each; cost since the one before
  std::optional<std::string> failure;

  std::int64_t highest() const { return reports.empty() ? 0 : reports.back().resource; }
};

bool HasObjectives(const StudySpec& spec, const Metrics& values) {
  return MinimizedValues(spec.objectives, values).has_value();
}

// The newest report at each resource, as a trial may have been trained twice over a stretch.
std::vector<SimulatedReport> ReportsOf(const StudySpec& spec, const Trial& trial) {
  std::map<std::int64_t, SimulatedReport> at;
  for (const TrialReport& report : trial.reports) {
    if (report.resource > 0 && HasObjectives(spec, report.values))
      at[report.resource] = {report.resource, report.values, report.cost};
  }
  std::vector<SimulatedReport> reports;
  for (auto& [resource, report] : at) reports.push_back(std::move(report));
  return reports;
}

class RecordedSource final : public TrainingSource {
 public:
  explicit RecordedSource(const StudySpec& spec) : space_(spec.space) {}

  void Add(const StudySpec& spec, const Trial& trial) {
    auto configuration = space_.FromJson(trial.params);
    if (!configuration.ok()) return;
    Recorded recorded;
    recorded.unit = space_.ToUnit(*configuration);
    recorded.key = space_.CanonicalKey(*configuration);
    recorded.configuration = std::move(*configuration);
    recorded.reports = ReportsOf(spec, trial);
    if (trial.state == TrialState::kFailed)
      recorded.failure = trial.failure ? trial.failure->reason : "failed";
    if (recorded.reports.empty() && !recorded.failure) return;
    for (const SimulatedReport& report : recorded.reports)
      has_costs_ = has_costs_ || report.cost_s > 0;
    highest_ = std::max(highest_, recorded.highest());
    trials_.push_back(std::move(recorded));
  }

  std::int64_t highest() const { return highest_; }

  SimulatedTraining Train(const Trial& trial, std::int64_t from, std::int64_t to) const override {
    SimulatedTraining made;
    const std::vector<std::size_t> order = Nearest(trial);
    for (std::int64_t resource = from + 1; resource <= to; ++resource) {
      const Recorded& source = SourceAt(order, resource);
      if (source.highest() < resource) {
        made.failure = *source.failure;
        return made;
      }
      const auto after = std::find_if(source.reports.begin(), source.reports.end(),
                                      [&](const auto& r) { return r.resource >= resource; });
      const bool at = after->resource == resource || after == source.reports.begin();
      made.reports.push_back(
          {resource, at ? after->values : std::prev(after)->values, UnitCost(source, after)});
    }
    return made;
  }

 private:
  // Seconds of one unit of resource before the report.
  double UnitCost(const Recorded& source,
                  std::vector<SimulatedReport>::const_iterator report) const {
    if (!has_costs_) return 1;
    const std::int64_t before = report == source.reports.begin() ? 0 : std::prev(report)->resource;
    return report->cost_s / static_cast<double>(report->resource - before);
  }

  double Distance(const Configuration& a, const std::vector<double>& unit,
                  const Recorded& b) const {
    double sum = 0;
    for (std::size_t i = 0; i < unit.size(); ++i) {
      const bool active = a.active(i);
      if (active != b.configuration.active(i)) {
        sum += 1;
      } else if (active && space_.parameters()[i].type == ParameterType::kCategorical) {
        sum += a.values[i] == b.configuration.values[i] ? 0 : 1;
      } else if (active) {
        sum += std::abs(unit[i] - b.unit[i]);
      }
    }
    return sum;
  }

  // The nearest trial that was trained to each of the resources asked for, exact ones first.
  std::vector<std::size_t> Nearest(const Trial& trial) const {
    const std::vector<double> unit = space_.ToUnit(trial.configuration);
    std::vector<std::pair<double, std::size_t>> distances;
    distances.reserve(trials_.size());
    for (std::size_t i = 0; i < trials_.size(); ++i) {
      const bool same = trials_[i].key == trial.key;
      distances.emplace_back(same ? -1 : Distance(trial.configuration, unit, trials_[i]), i);
    }
    std::sort(distances.begin(), distances.end());
    std::vector<std::size_t> order;
    for (const auto& [distance, i] : distances) order.push_back(i);
    return order;
  }

  // There is one: MakeRecordedSource checks that a trial was trained to the top.
  const Recorded& SourceAt(const std::vector<std::size_t>& order, std::int64_t resource) const {
    for (const std::size_t i : order) {
      if (trials_[i].highest() >= resource || trials_[i].failure) return trials_[i];
    }
    return trials_[order.front()];
  }

  const Space& space_;
  std::vector<Recorded> trials_;
  std::int64_t highest_ = 0;
  bool has_costs_ = false;
};

}  // namespace

Result<std::unique_ptr<TrainingSource>> MakeRecordedSource(const StudySpec& spec,
                                                           const std::vector<Trial>& trials) {
  auto source = std::make_unique<RecordedSource>(spec);
  for (const Trial& trial : trials) source->Add(spec, trial);
  if (source->highest() == 0)
    return Invalid(
        "the recorded study has no trial with a result whose configuration is one of this space "
        "and that has every objective");
  if (source->highest() < spec.top_resource()) {
    return Invalid("the recorded study was trained to resource " +
                   std::to_string(source->highest()) + " at most, the simulation goes to " +
                   std::to_string(spec.top_resource()) + "; lower algorithm.max_resource");
  }
  return std::unique_ptr<TrainingSource>(std::move(source));
}

Result<std::unique_ptr<TrainingSource>> MakeRecordedSource(const StudySpec& spec,
                                                           const std::filesystem::path& dir) {
  FARETTO_ASSIGN_OR_RETURN(const StudyReader study, StudyReader::Open(dir));
  auto source = MakeRecordedSource(spec, study.state().trials());
  if (!source.ok()) return source.error().In(dir.string());
  return source;
}

}  // namespace faretto
