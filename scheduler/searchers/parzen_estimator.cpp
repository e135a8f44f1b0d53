#include "scheduler/searchers/parzen_estimator.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace faretto {
namespace {

std::vector<double> NeighbourDeviations(const std::vector<double>& units, double n, bool magic) {
  std::vector<std::size_t> order(units.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return units[a] != units[b] ? units[a] < units[b] : a < b;
  });
  std::vector<double> deviations(units.size());
  const double least = magic ? 1 / std::min(100.0, 1 + n) : 1e-3;
  const std::size_t m = units.size();
  for (std::size_t k = 0; k < m; ++k) {
    const double left =
        k > 0 ? units[order[k]] - units[order[k - 1]] : (m > 1 ? 0 : units[order[k]]);
    const double right =
        k + 1 < m ? units[order[k + 1]] - units[order[k]] : (m > 1 ? 0 : 1 - units[order[k]]);
    deviations[order[k]] = std::clamp(std::max(left, right), least, 1.0);
  }
  return deviations;
}

double LogSumExp(const std::vector<double>& logs) {
  const double top = *std::max_element(logs.begin(), logs.end());
  double sum = 0;
  for (const double value : logs) sum += std::exp(value - top);
  return top + std::log(sum);
}

}  // namespace

ParzenEstimator::ParzenEstimator(const Space& space,
                                 const std::vector<WeightedConfiguration>& observations,
                                 const ParzenSettings& settings)
    : space_(space), columns_(space.size()) {
  double sum = settings.prior_weight;
  for (const auto& o : observations) sum += o.weight;
  for (const auto& o : observations) weights_.push_back(o.weight / sum);
  weights_.push_back(settings.prior_weight / sum);
  for (const double w : weights_) log_weights_.push_back(std::log(w));
  const double d = static_cast<double>(space.size());
  for (std::size_t i = 0; i < space.size(); ++i) {
    Column& column = columns_[i];
    const Parameter& parameter = space.parameters()[i];
    std::vector<double> units;
    std::vector<double> w;
    for (const auto& o : observations) {
      column.value.push_back(o.configuration->values[i]);
      if (o.configuration->active(i) && parameter.type != ParameterType::kCategorical) {
        units.push_back(parameter.ToUnit(o.configuration->values[i]));
        w.push_back(o.weight);
      }
    }
    const double n = static_cast<double>(units.size() + 1);
    if (parameter.type == ParameterType::kCategorical) {
      const double c = static_cast<double>(parameter.choices.size());
      const double b = settings.cat_prior / static_cast<double>(observations.size() + 1);
      column.p_other = b / (1 + c * b);
      column.log_same = std::log(c * (1 + b) / (1 + c * b));
      column.log_other = std::log(c * b / (1 + c * b));
      continue;
    }
    std::vector<double> dev;
    if (settings.bandwidth == Bandwidth::kNeighbour) {
      dev = NeighbourDeviations(units, n, settings.magic);
      for (double& x : dev) x = std::min(1.0, x * settings.factor);
    } else {
      double s = 1;
      if (settings.bandwidth == Bandwidth::kScott) {
        double m = 0, v = 0, t = 0;
        for (std::size_t k = 0; k < units.size(); ++k) t += w[k], m += w[k] * units[k];
        m /= t > 0 ? t : 1;
        for (std::size_t k = 0; k < units.size(); ++k) v += w[k] * (units[k] - m) * (units[k] - m);
        // shrink to the uniform variance, one observation strong
        s = std::sqrt((v + settings.prior_weight / 12) / (t + settings.prior_weight));
      }
      double sigma =
          std::clamp(settings.factor * s * std::pow(n, -1 / (d + 4)), settings.min_dev, 1.0);
      dev.assign(units.size(), sigma);
    }
    std::size_t next = 0;
    for (const auto& o : observations) {
      if (o.configuration->active(i)) {
        column.normal.emplace_back(units[next], dev[next]);
        ++next;
      } else {
        column.normal.emplace_back(0.5, 1);
      }
    }
  }
}

std::size_t ParzenEstimator::Choose(const std::vector<double>& weights,
                                    RandomStream& random) const {
  double total = 0;
  for (const double w : weights) total += w;
  double left = random.Uniform() * total;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    left -= weights[k];
    if (left < 0) return k;
  }
  return weights.size() - 1;
}

double ParzenEstimator::Draw(std::size_t i, std::size_t kernel, RandomStream& random) const {
  const Parameter& parameter = space_.parameters()[i];
  const Column& column = columns_[i];
  if (kernel == column.value.size() || std::isnan(column.value[kernel]))
    return parameter.FromUnit(random.Uniform());
  if (parameter.type == ParameterType::kCategorical) {
    const double c = static_cast<double>(parameter.choices.size());
    if (random.Uniform() < c * column.p_other) return parameter.FromUnit(random.Uniform());
    return column.value[kernel];
  }
  return parameter.FromUnit(column.normal[kernel].Sample(random));
}

Configuration ParzenEstimator::Sample(RandomStream& random) const {
  const std::size_t kernel = Choose(weights_, random);
  Configuration configuration;
  space_.Repair(configuration, [&](std::size_t i) { return Draw(i, kernel, random); });
  return configuration;
}

void ParzenEstimator::AddRow(std::size_t i, double value, std::vector<double>& row) const {
  const Parameter& parameter = space_.parameters()[i];
  const Column& column = columns_[i];
  const std::size_t n = column.value.size();
  if (parameter.type == ParameterType::kCategorical) {
    for (std::size_t k = 0; k < n; ++k)
      if (!std::isnan(column.value[k]))
        row[k] += column.value[k] == value ? column.log_same : column.log_other;
    return;
  }
  if (parameter.cardinality()) {
    const UnitCell cell = CellOf(parameter, value);
    for (std::size_t k = 0; k < n; ++k)
      if (!std::isnan(column.value[k]))
        row[k] += column.normal[k].LogCellDensity(cell.from, cell.to);
    return;
  }
  const double u = parameter.ToUnit(value);
  for (std::size_t k = 0; k < n; ++k)
    if (!std::isnan(column.value[k])) row[k] += column.normal[k].LogDensity(u);
}

std::vector<double> ParzenEstimator::LogDensity(
    const std::vector<Configuration>& candidates) const {
  std::vector<double> densities;
  for (const Configuration& c : candidates) {
    std::vector<double> row = log_weights_;
    for (std::size_t i = 0; i < space_.size(); ++i)
      if (c.active(i)) AddRow(i, c.values[i], row);
    densities.push_back(LogSumExp(row));
  }
  return densities;
}

double ParzenEstimator::SampleValue(std::size_t i, RandomStream& random) const {
  std::vector<double> weights = weights_;
  for (std::size_t k = 0; k < columns_[i].value.size(); ++k)
    if (std::isnan(columns_[i].value[k])) weights[k] = 0;
  return Draw(i, Choose(weights, random), random);
}

std::vector<double> ParzenEstimator::LogValueDensity(std::size_t i,
                                                     const std::vector<double>& values) const {
  std::vector<double> start = log_weights_;
  double total = weights_.back();
  for (std::size_t k = 0; k < columns_[i].value.size(); ++k) {
    if (std::isnan(columns_[i].value[k])) {
      start[k] = -INFINITY;
    } else {
      total += weights_[k];
    }
  }
  std::vector<double> densities;
  for (const double value : values) {
    std::vector<double> row = start;
    AddRow(i, value, row);
    densities.push_back(LogSumExp(row) - std::log(total));
  }
  return densities;
}

}  // namespace faretto
