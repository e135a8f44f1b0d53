#include "results/queries/ped_anova.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"

namespace faretto {
namespace {

constexpr std::size_t kMostCells = 50;    // of the unit interval; a convention
constexpr std::size_t kRandomSets = 200;  // enough for a 95 % quantile

std::size_t CellCount(const Parameter& parameter) {
  const std::optional<double> cardinality = parameter.cardinality();
  if (parameter.type == ParameterType::kCategorical) return parameter.choices.size();
  if (!cardinality || *cardinality > static_cast<double>(kMostCells)) return kMostCells;
  return static_cast<std::size_t>(*cardinality);
}

std::size_t CellOf(const Parameter& parameter, double value, std::size_t cells) {
  if (parameter.type == ParameterType::kCategorical)
    return std::min(static_cast<std::size_t>(value), cells - 1);
  const double unit = std::clamp(parameter.ToUnit(value), 0.0, 1.0);
  return std::min(static_cast<std::size_t>(unit * static_cast<double>(cells)), cells - 1);
}

// Scott's rule, with the smaller of deviation and scaled quartile range.
double ScottBandwidth(std::vector<double> units) {
  const auto n = static_cast<double>(units.size());
  const double mean = std::accumulate(units.begin(), units.end(), 0.0) / n;
  double squares = 0;
  for (const double unit : units) squares += (unit - mean) * (unit - mean);
  std::sort(units.begin(), units.end());
  const double range = units[units.size() * 3 / 4] - units[units.size() / 4];
  double spread = std::sqrt(squares / n);
  if (range > 0) spread = std::min(spread, range / 1.34);
  return 1.059 * spread * std::pow(n, -0.2);
}

// kernel[c]: what one trial in cell c adds to each cell; sums to 1.
using Kernel = std::vector<std::vector<double>>;

Kernel CategoryKernel(std::size_t cells, std::size_t best) {
  const auto k = static_cast<double>(cells);
  const double uniform = 1 / (static_cast<double>(best) + 1);
  Kernel kernel(cells, std::vector<double>(cells, uniform / k));
  for (std::size_t c = 0; c < cells; ++c) kernel[c][c] += 1 - uniform;
  return kernel;
}

Kernel GaussianKernel(std::size_t cells, double bandwidth) {
  Kernel kernel(cells, std::vector<double>(cells));
  for (std::size_t c = 0; c < cells; ++c) {
    double sum = 0;
    for (std::size_t d = 0; d < cells; ++d) {
      const double apart = (static_cast<double>(c) - static_cast<double>(d)) /
                           static_cast<double>(cells) / bandwidth;
      sum += kernel[c][d] = std::exp(-0.5 * apart * apart);
    }
    for (double& share : kernel[c]) share /= sum;
  }
  return kernel;
}

class Cells {
 public:
  Cells(const Parameter& parameter, const std::vector<double>& values,
        const std::vector<std::size_t>& best)
      : count_(CellCount(parameter)) {
    std::vector<double> units;
    for (const double value : values) {
      cell_.push_back(CellOf(parameter, value, count_));
      units.push_back((static_cast<double>(cell_.back()) + 0.5) / static_cast<double>(count_));
    }
    constant_ = std::all_of(cell_.begin(), cell_.end(),
                            [&](std::size_t cell) { return cell == cell_.front(); });
    kernel_ = parameter.type == ParameterType::kCategorical
                  ? CategoryKernel(count_, best.size())
                  : GaussianKernel(count_, Bandwidth(units, best));
    std::vector<std::size_t> all(values.size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    of_all_ = Density(all);
  }

  bool constant() const { return constant_; }

  double DivergenceOf(const std::vector<std::size_t>& set) const {
    const std::vector<double> density = Density(set);
    double divergence = 0;
    for (std::size_t c = 0; c < count_; ++c) {
      // Far from all trials a Gaussian underflows, in both densities alike.
      if (!(of_all_[c] > 0)) continue;
      const double difference = density[c] - of_all_[c];
      divergence += difference * difference / of_all_[c];
    }
    return divergence;
  }

 private:
  // The bandwidth of the best trials, but not so small that a few of them that are close by chance
  // would have cells of their own.
  double Bandwidth(const std::vector<double>& units, const std::vector<std::size_t>& best) const {
    std::vector<double> of_best;
    of_best.reserve(best.size());
    for (const std::size_t i : best) of_best.push_back(units[i]);
    return std::max(
        {ScottBandwidth(of_best), ScottBandwidth(units) / 4, 0.5 / static_cast<double>(count_)});
  }

  std::vector<double> Density(const std::vector<std::size_t>& set) const {
    std::vector<double> trials(count_, 0.0);
    for (const std::size_t i : set) ++trials[cell_[i]];
    std::vector<double> density(count_, 0.0);
    for (std::size_t c = 0; c < count_; ++c) {
      if (trials[c] == 0) continue;
      const double share = trials[c] / static_cast<double>(set.size());
      for (std::size_t d = 0; d < count_; ++d) density[d] += share * kernel_[c][d];
    }
    return density;
  }

  std::size_t count_;
  std::vector<std::size_t> cell_;  // of each trial
  bool constant_ = false;
  Kernel kernel_;
  std::vector<double> of_all_;
};

// The first `count` of `items` become a random set of all.
void DrawSet(std::vector<std::size_t>& items, std::size_t count, RandomStream& random) {
  for (std::size_t i = 0; i < count; ++i)
    std::swap(items[i], items[i + random.Below(items.size() - i)]);
}

}  // namespace

Divergence PedAnova(const Parameter& parameter, const std::vector<double>& values,
                    const std::vector<std::size_t>& best, std::uint64_t seed) {
  if (best.empty() || best.size() >= values.size()) return {};
  const Cells cells(parameter, values, best);
  if (cells.constant()) return {};
  Divergence result;
  result.value = cells.DivergenceOf(best);
  std::vector<std::size_t> items(values.size());
  std::iota(items.begin(), items.end(), std::size_t{0});
  std::vector<double> random_values;
  for (std::size_t i = 0; i < kRandomSets; ++i) {
    RandomStream random(seed, "results/ped_anova/" + parameter.name, {i});
    DrawSet(items, best.size(), random);
    random_values.push_back(cells.DivergenceOf(
        {items.begin(), items.begin() + static_cast<std::ptrdiff_t>(best.size())}));
  }
  std::sort(random_values.begin(), random_values.end());
  result.typical = std::accumulate(random_values.begin(), random_values.end(), 0.0) /
                   static_cast<double>(kRandomSets);
  result.chance = random_values[kRandomSets * 95 / 100];
  return result;
}

}  // namespace faretto
