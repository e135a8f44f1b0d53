#include "study/rung_results.h"

#include <algorithm>
#include <limits>

namespace faretto {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

}  // namespace

RungResults::RungResults(const StudySpec& spec, std::int64_t resource)
    : spec_(&spec), resource_(resource), width_(1 + spec.objectives.size()) {}

void RungResults::Resize(std::size_t trials) { rows_.resize(trials * width_, kNone); }

void RungResults::Update(const Trial& trial) {
  double* row = &rows_[static_cast<std::size_t>(trial.id) * width_];
  std::fill_n(row, width_, kNone);
  const TrialReport* report = trial.ReportAt(resource_);
  if (report == nullptr) return;
  row[0] = ConstraintViolation(spec_->constraints, report->values);
  if (const auto values = MinimizedValues(spec_->objectives, report->values))
    std::copy(values->begin(), values->end(), row + 1);
}

}  // namespace faretto
