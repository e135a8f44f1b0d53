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
    : spec_(&spec),
      resource_(resource),
      width_(1 + spec.objectives.size()),
      keeps_layers_(spec.objectives.size() > 2 && spec.algorithm.fidelity == "asha"),
      layers_(spec.objectives.size()) {}

void RungResults::Resize(std::size_t trials) {
  for (std::size_t k = trials; k < verdicts_.size(); ++k) {
    const auto id = static_cast<TrialId>(k);
    if (comparable(id)) Erase(id);
    SetVerdict(id, kNotJudged);
  }
  rows_.resize(trials * width_, kNone);
  verdicts_.resize(trials, kNotJudged);
}

void RungResults::Assign(const std::vector<Trial>& trials) {
  Resize(trials.size());
  for (const Trial& trial : trials) {
    const std::vector<double> row = RowOf(trial);
    std::copy(row.begin(), row.end(), &rows_[static_cast<std::size_t>(trial.id) * width_]);
    if (!comparable(trial.id)) continue;
    if (violation(trial.id) > 0) {
      infeasible_.push_back({violation(trial.id), trial.id});
    } else {
      feasible_.push_back(PointOf(*this, trial.id));
    }
  }
  std::sort(infeasible_.begin(), infeasible_.end(), IsLess);
  std::sort(feasible_.begin(), feasible_.end(),
            [&](const SweepPoint& a, const SweepPoint& b) { return Before(a, b); });
  std::vector<std::size_t> in_layers;
  for (const Trial& trial : trials) {
    const Verdict verdict = VerdictOf(trial);
    verdicts_[static_cast<std::size_t>(trial.id)] = verdict;
    judged_ += verdict >= kJudged ? 1 : 0;
    waiting_ += verdict == kWaits ? 1 : 0;
    if (BelongsToLayer(trial.id)) in_layers.push_back(static_cast<std::size_t>(trial.id));
  }
  layers_.Assign(in_layers,
                 [&](std::size_t index) { return this->values(static_cast<TrialId>(index)); });
}

void RungResults::Update(const Trial& trial) {
  const std::vector<double> next = RowOf(trial);
  double* own = &rows_[static_cast<std::size_t>(trial.id) * width_];
  const bool same = std::equal(next.begin(), next.end(), own, [](double a, double b) {
    return a == b || (std::isnan(a) && std::isnan(b));
  });
  if (!same) {
    if (comparable(trial.id)) Erase(trial.id);
    layers_.Erase(static_cast<std::size_t>(trial.id));
    std::copy(next.begin(), next.end(), own);
    if (comparable(trial.id)) Insert(trial.id);
  }
  Judge(trial);
}

std::vector<double> RungResults::RowOf(const Trial& trial) const {
  std::vector<double> row(width_, kNone);
  if (trial.state == TrialState::kFailed) return row;
  const TrialReport* report = trial.ReportAt(resource_);
  if (report == nullptr) return row;
  row[0] = ConstraintViolation(spec_->constraints, report->values);
  if (const auto values = MinimizedValues(spec_->objectives, report->values))
    std::copy(values->begin(), values->end(), row.begin() + 1);
  return row;
}

void RungResults::Judge(const Trial& trial) { SetVerdict(trial.id, VerdictOf(trial)); }

RungResults::Verdict RungResults::VerdictOf(const Trial& trial) const {
  if (trial.state == TrialState::kFailed) return trial.target >= resource_ ? kJudged : kNotJudged;
  if (!reported(trial.id) || (trial.reached < resource_ && trial.target <= resource_))
    return kNotJudged;
  const bool paused = trial.state == TrialState::kPaused && trial.target == resource_;
  return paused && comparable(trial.id) ? kWaits : kJudged;
}

bool RungResults::BelongsToLayer(TrialId id) const {
  return keeps_layers_ && judged(id) && comparable(id) && violation(id) <= 0;
}

void RungResults::SetVerdict(TrialId id, Verdict verdict) {
  Verdict& own = verdicts_[static_cast<std::size_t>(id)];
  judged_ +=
      static_cast<std::size_t>(verdict >= kJudged) - static_cast<std::size_t>(own >= kJudged);
  waiting_ += static_cast<std::size_t>(verdict == kWaits) - static_cast<std::size_t>(own == kWaits);
  own = verdict;
  const auto index = static_cast<std::size_t>(id);
  if (!BelongsToLayer(id)) {
    layers_.Erase(index);
  } else if (!layers_.contains(index)) {
    layers_.Insert(index, values(id));
  }
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
