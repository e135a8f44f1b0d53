#include "scheduler/searchers/parzen_estimator.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace faretto {
namespace {

double LogSumExp(const double* logs, std::size_t count) {
  const Eigen::Map<const Eigen::ArrayXd> terms(logs, static_cast<Eigen::Index>(count));
  const double top = terms.maxCoeff();
  return top + std::log((terms - top).exp().sum());
}

bool IsCategory(const Parameter& parameter) {
  return parameter.type == ParameterType::kCategorical;
}

}  // namespace

ParzenEstimator::ParzenEstimator(const Space& space,
                                 const std::vector<WeightedConfiguration>& observations,
                                 const ParzenSettings& settings)
    : space_(space), settings_(settings), columns_(space.size()) {
  for (const WeightedConfiguration& observation : observations)
    weights_.push_back(observation.weight);
  weights_.push_back(settings.prior_weight);
  const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0);
  for (double& weight : weights_) weight /= sum;
  for (std::size_t i = 0; i < space.size(); ++i) FillColumn(i, observations);
}

void ParzenEstimator::FillColumn(std::size_t i,
                                 const std::vector<WeightedConfiguration>& observations) {
  const Parameter& parameter = space_.parameters()[i];
  Column& column = columns_[i];
  const bool discrete = parameter.cardinality().has_value();
  std::map<double, std::size_t> shapes;
  column.shape_of.reserve(observations.size());
  column.values.reserve(observations.size());
  for (const WeightedConfiguration& observation : observations) {
    const double value = observation.configuration->values[i];
    std::size_t shape = Column::kInactiveShape;
    if (!std::isnan(value)) {
      shape = column.values.size();
      if (discrete) shape = shapes.emplace(value, shape).first->second;
      if (shape == column.values.size()) column.values.push_back(value);
    }
    column.shape_of.push_back(shape);
  }
  if (IsCategory(parameter)) {
    const auto choices = static_cast<double>(parameter.choices.size());
    const double share = settings_.category_prior / static_cast<double>(observations.size() + 1);
    const double all = 1 + choices * share;
    column.log_same = std::log(choices * (1 + share) / all);
    column.log_other = std::log(choices * share / all);
    column.spread = choices * share / all;
    return;
  }
  std::vector<double> centres;
  centres.reserve(column.values.size());
  for (const double value : column.values) centres.push_back(parameter.ToUnit(value));
  const double bandwidth = Bandwidth(column, centres, observations);
  column.normal.reserve(centres.size());
  for (const double centre : centres) column.normal.emplace_back(centre, bandwidth);
  if (discrete || centres.size() < observations.size()) return;
  column.continuous = TruncatedNormals(column.normal);
}

double ParzenEstimator::Bandwidth(const Column& column, const std::vector<double>& centres,
                                  const std::vector<WeightedConfiguration>& observations) const {
  double count = 1;
  double weight = 0;
  double sum = 0;
  double squares = 0;
  for (std::size_t k = 0; k < observations.size(); ++k) {
    if (column.shape_of[k] == Column::kInactiveShape) continue;
    const double u = centres[column.shape_of[k]];
    count += 1;
    weight += observations[k].weight;
    sum += observations[k].weight * u;
    squares += observations[k].weight * u * u;
  }
  const double scatter = weight > 0 ? std::max(0.0, squares - sum * sum / weight) : 0;
  const double deviation =
      std::sqrt((scatter + settings_.spread_prior / 12) / (weight + settings_.spread_prior));
  const double dimensions = static_cast<double>(space_.size());
  return std::clamp(settings_.bandwidth_factor * deviation * std::pow(count, -1 / (dimensions + 4)),
                    settings_.least_bandwidth, 1.0);
}

std::size_t ParzenEstimator::DrawKernel(RandomStream& random) const {
  double left = random.Uniform();
  for (std::size_t k = 0; k < weights_.size(); ++k) {
    left -= weights_[k];
    if (left < 0) return k;
  }
  return weights_.size() - 1;
}

double ParzenEstimator::DrawPrior(std::size_t i, RandomStream& random) const {
  const Parameter& parameter = space_.parameters()[i];
  const double u = random.Uniform();
  return settings_.user_priors ? parameter.SamplePrior(u) : parameter.FromUnit(u);
}

double ParzenEstimator::Draw(std::size_t i, std::size_t kernel, RandomStream& random) const {
  const Column& column = columns_[i];
  if (kernel == column.shape_of.size()) return DrawPrior(i, random);
  const Parameter& parameter = space_.parameters()[i];
  const std::size_t shape = column.shape_of[kernel];
  if (shape == Column::kInactiveShape) return parameter.FromUnit(random.Uniform());
  if (!IsCategory(parameter)) return parameter.FromUnit(column.normal[shape].Sample(random));
  if (random.Uniform() >= column.spread) return column.values[shape];
  return parameter.FromUnit(random.Uniform());
}

Configuration ParzenEstimator::Sample(RandomStream& random) const {
  const std::size_t kernel = DrawKernel(random);
  Configuration configuration;
  space_.Repair(configuration, [&](std::size_t i) { return Draw(i, kernel, random); });
  return configuration;
}

// By shape, then the prior's.
std::vector<double> ParzenEstimator::LogFactors(std::size_t i, double value) const {
  const Parameter& parameter = space_.parameters()[i];
  const Column& column = columns_[i];
  std::vector<double> factors;
  factors.reserve(column.values.size() + 1);
  if (IsCategory(parameter)) {
    for (const double own : column.values)
      factors.push_back(own == value ? column.log_same : column.log_other);
  } else if (parameter.cardinality()) {
    const UnitCell cell = CellOf(parameter, value);
    for (const TruncatedNormal& normal : column.normal)
      factors.push_back(normal.LogCellDensity(cell.from, cell.to));
  } else {
    const double u = parameter.ToUnit(value);
    for (const TruncatedNormal& normal : column.normal) factors.push_back(normal.LogDensity(u));
  }
  factors.push_back(LogPriorFactor(i, value));
  return factors;
}

double ParzenEstimator::LogPriorFactor(std::size_t i, double value) const {
  return settings_.user_priors ? space_.parameters()[i].LogPrior(value) : 0;
}

void ParzenEstimator::AddContinuous(std::size_t i, const std::vector<Configuration>& candidates,
                                    std::vector<double>& logs) const {
  const std::size_t kernels = weights_.size();
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    if (!candidates[c].active(i)) continue;
    const double value = candidates[c].values[i];
    double* row = &logs[c * kernels];
    columns_[i].continuous.AddLogDensities(space_.parameters()[i].ToUnit(value), row);
    row[kernels - 1] += LogPriorFactor(i, value);
  }
}

void ParzenEstimator::AddFactors(std::size_t i, const std::vector<Configuration>& candidates,
                                 std::vector<double>& logs) const {
  const std::size_t kernels = weights_.size();
  const Column& column = columns_[i];
  const bool discrete = space_.parameters()[i].cardinality().has_value();
  std::map<double, std::vector<double>> known;  // candidates share the values of a discrete one
  for (std::size_t c = 0; c < candidates.size(); ++c) {
    if (!candidates[c].active(i)) continue;
    const double value = candidates[c].values[i];
    std::vector<double>& factors = known[discrete ? value : 0];
    if (factors.empty() || !discrete) factors = LogFactors(i, value);
    double* row = &logs[c * kernels];
    for (std::size_t k = 0; k + 1 < kernels; ++k)
      if (column.shape_of[k] != Column::kInactiveShape) row[k] += factors[column.shape_of[k]];
    row[kernels - 1] += factors.back();
  }
}

std::vector<double> ParzenEstimator::LogDensity(
    const std::vector<Configuration>& candidates) const {
  if (candidates.empty()) return {};
  const std::size_t kernels = weights_.size();
  std::vector<double> logs(candidates.size() * kernels);
  for (std::size_t k = 0; k < kernels; ++k) logs[k] = std::log(weights_[k]);
  for (std::size_t c = 1; c < candidates.size(); ++c)
    std::copy_n(logs.begin(), kernels, logs.begin() + static_cast<std::ptrdiff_t>(c * kernels));
  for (std::size_t i = 0; i < space_.size(); ++i) {
    if (columns_[i].continuous.size() + 1 == kernels) {
      AddContinuous(i, candidates, logs);
    } else {
      AddFactors(i, candidates, logs);
    }
  }
  std::vector<double> densities;
  for (std::size_t c = 0; c < candidates.size(); ++c)
    densities.push_back(LogSumExp(&logs[c * kernels], kernels));
  return densities;
}

}  // namespace faretto
