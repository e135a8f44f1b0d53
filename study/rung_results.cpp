#include "study/rung_results.h"

#include <algorithm>
#include <limits>

namespace faretto {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

bool IsLess(const RungResults::Violation& a, const RungResults::Violation& b) {
  return a.sum != b.sum ? a.sum < b.sum : a.trial < b.trial;
}

SweepPoint PointOf(const RungResults& results, TrialId id) {
  const auto values = results.values(id);
  return {values[0], values.size() > 1 ? values[1] : 0, static_cast<std::size_t>(id)};
}

}  // namespace

RungResults::RungResults(const StudySpec& spec, std::int64_t resource)
    : spec_(&spec), resource_(resource), width_(1 + spec.objectives.size()) {}

void RungResults::Resize(std::size_t trials) {
  for (std::size_t id = trials; id < rows_.size() / width_; ++id)
    if (comparable(static_cast<TrialId>(id))) Erase(static_cast<TrialId>(id));
  rows_.resize(trials * width_, kNone);
}

void RungResults::Update(const Trial& trial) {
  if (comparable(trial.id)) Erase(trial.id);
  double* own = &rows_[static_cast<std::size_t>(trial.id) * width_];
  std::fill_n(own, width_, kNone);
  if (trial.state == TrialState::kFailed) return;
  const TrialReport* report = trial.ReportAt(resource_);
  if (report == nullptr) return;
  own[0] = ConstraintViolation(spec_->constraints, report->values);
  const auto values = MinimizedValues(spec_->objectives, report->values);
  if (!values) return;
  std::copy(values->begin(), values->end(), own + 1);
  Insert(trial.id);
}

bool RungResults::Before(const SweepPoint& a, const SweepPoint& b) const {
  if (a.first != b.first) return a.first < b.first;
  if (a.second != b.second) return a.second < b.second;
  const auto x = values(static_cast<TrialId>(a.index));
  const auto y = values(static_cast<TrialId>(b.index));
  for (std::size_t k = 2; k < x.size(); ++k)
    if (x[k] != y[k]) return x[k] < y[k];
  return a.index < b.index;
}

void RungResults::Insert(TrialId id) {
  if (violation(id) > 0) {
    const Violation own = {violation(id), id};
    infeasible_.insert(std::lower_bound(infeasible_.begin(), infeasible_.end(), own, IsLess), own);
    return;
  }
  const SweepPoint own = PointOf(*this, id);
  const auto before = [&](const SweepPoint& a, const SweepPoint& b) { return Before(a, b); };
  feasible_.insert(std::lower_bound(feasible_.begin(), feasible_.end(), own, before), own);
}

void RungResults::Erase(TrialId id) {
  if (violation(id) > 0) {
    const Violation own = {violation(id), id};
    infeasible_.erase(std::lower_bound(infeasible_.begin(), infeasible_.end(), own, IsLess));
    return;
  }
  const SweepPoint own = PointOf(*this, id);
  const auto before = [&](const SweepPoint& a, const SweepPoint& b) { return Before(a, b); };
  feasible_.erase(std::lower_bound(feasible_.begin(), feasible_.end(), own, before));
}

}  // namespace faretto
