#include "scheduler/surrogates/target.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

// Values are to be minimised. One diverged training must not make all others look alike.
void DrawIn(VectorXd& values, double bound) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const double low = sorted[sorted.size() / 10], high = sorted[9 * (sorted.size() - 1) / 10];
  if (high > low) values = values.cwiseMin(std::max(high, bound) + 5 * (high - low));
}

// `expected`: the standard deviation that is assumed before there are many values.
void Standardise(Target::Rung& rung, std::optional<double> expected) {
  const auto n = static_cast<double>(rung.values.size());
  if (n == 0) return;
  // Values are divided by the largest one first, since squares of 1e200 would be infinite.
  const double scale = std::max(rung.values.cwiseAbs().maxCoeff(), expected.value_or(0));
  if (scale > 0) rung.values /= scale;
  const double mean = rung.values.mean();
  rung.mean = mean * scale;
  const VectorXd centred = rung.values.array() - mean;
  double variance = centred.squaredNorm() / n;
  rung.varies = variance > 1e-24;
  if (expected && scale > 0) {
    constexpr double kBelief = 2;  // in results
    const double prior = *expected / scale;
    variance = (n * variance + kBelief * prior * prior) / (n + kBelief);
  }
  const double sd = std::sqrt(variance);
  if (sd > 1e-12) {
    rung.sd = sd * scale;
    rung.values = centred / sd;
  } else {
    rung.sd = scale > 0 ? scale : 1;
    rung.values = VectorXd::Zero(rung.values.size());
  }
}

}  // namespace

Target MakeTarget(std::string name, const std::vector<ResultRow>& rows,
                  const std::function<std::optional<double>(const ResultRow&)>& value,
                  double bound) {
  Target target;
  target.name = std::move(name);
  std::size_t highest = 0;
  for (const ResultRow& row : rows) highest = std::max(highest, row.rung);
  std::vector<KnownBelow> known(rows.size());  // [row] the trial's targets up to it
  for (std::size_t k = 0; k <= highest; ++k) {
    Target::Rung rung;
    std::vector<double> values;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].rung != k) continue;
      if (i > 0 && rows[i - 1].trial == rows[i].trial) known[i] = known[i - 1];
      const auto v = value(rows[i]);
      if (!v || !std::isfinite(*v)) continue;
      rung.rows.push_back(static_cast<Index>(i));
      values.push_back(*v);
    }
    if (values.empty()) continue;
    rung.values = Eigen::Map<VectorXd>(values.data(), static_cast<Index>(values.size()));
    DrawIn(rung.values, bound);
    std::optional<double> expected;
    if (!target.rungs.empty() && target.rungs.back().varies) expected = target.sd();
    Standardise(rung, expected);
    rung.number = k;
    const std::size_t place = target.rungs.size();
    for (std::size_t i = 0; i < rung.rows.size(); ++i) {
      const auto row = static_cast<std::size_t>(rung.rows[i]);
      rung.known.push_back(known[row]);
      known[row].resize(place, std::numeric_limits<double>::quiet_NaN());
      known[row].push_back(rung.values[static_cast<Index>(i)]);
    }
    target.rungs.push_back(std::move(rung));
  }
  if (target.rungs.empty()) target.rungs.emplace_back();
  return target;
}

}  // namespace faretto
