#include "scheduler/surrogates/rung_process.h"

#include <cmath>

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kRhoSd = 0.5;   // relative to its mean
constexpr double kBetaSd = 0.5;  // in units of the rung
// Of variances in a chain: means of lower rungs stand for their values and modes for
// hyperparameters, so that new configurations of protein missed their predictions by twice the
// standard deviation (benchmarks/peers, root mean square). Searches went as well with 2.3, worse
// with 1 and 1.6, no better with 4 and 9 (docs/plan.md).
constexpr double kCaution = 2;

// The values below relative to their mean, and the constant, scaled to unit prior variance.
MatrixXd LinearFeatures(const VectorXd& below, double centre, double rho) {
  MatrixXd linear(2, below.size());
  linear.row(0) = kRhoSd * rho * (below.array() - centre).matrix().transpose();
  linear.row(1).setConstant(kBetaSd);
  return linear;
}

bool IsKnown(const std::vector<KnownAt>& known, Index i, int rung) {
  return !known.empty() && known[static_cast<std::size_t>(i)].rung >= rung;
}

MatrixXd Beside(const MatrixXd& a, const MatrixXd& b) {
  MatrixXd joined(a.rows(), a.cols() + b.cols());
  joined << a, b;
  return joined;
}

}  // namespace

GpInputs RungProcess::Rung::Inputs(const MatrixXd& x, const VectorXd& below) const {
  return {x, LinearFeatures(below, centre, rho)};
}

double RungProcess::Rung::slope() const {
  return rho * (1 + kRhoSd * process.LinearCoefficients()[0]);
}

double RungProcess::Rung::MeanSquareSlope() const {
  const double sd_of_prior = kRhoSd * rho;
  return slope() * slope() + sd_of_prior * sd_of_prior * process.linear_variances()[0];
}

RungProcess::RungProcess(std::vector<RungTargets> rungs, const MatrixXd& pending,
                         const std::vector<KnownAt>& known_of_pending, const Make& make) {
  for (std::size_t k = 0; k < rungs.size(); ++k) {
    std::vector<VectorXd> open;
    std::vector<KnownAt> known_of_open;
    const auto add = [&](const MatrixXd& points, const std::vector<KnownAt>& known) {
      for (Index i = 0; i < points.cols(); ++i) {
        if (IsKnown(known, i, static_cast<int>(k))) continue;
        open.push_back(points.col(i));
        known_of_open.push_back(known.empty() ? KnownAt{} : known[static_cast<std::size_t>(i)]);
      }
    };
    add(pending, known_of_pending);
    for (std::size_t j = k + 1; j < rungs.size(); ++j) add(rungs[j].x, rungs[j].known);
    MatrixXd more(pending.rows(), static_cast<Index>(open.size()));
    for (std::size_t i = 0; i < open.size(); ++i) more.col(static_cast<Index>(i)) = open[i];
    const auto& [x, y, known, rho] = rungs[k];
    if (k == 0) {
      rungs_.push_back({1, 0, make(k, {Beside(x, more), {}}, y)});
      continue;
    }
    const VectorXd below = Mean(x, known);
    const double centre = below.mean();
    VectorXd all_below(below.size() + more.cols());
    all_below << below, Mean(more, known_of_open);
    const VectorXd targets = y.array() - rho * (below.array() - centre);
    GpInputs inputs{Beside(x, more), LinearFeatures(all_below, centre, rho)};
    rungs_.push_back({rho, centre, make(k, std::move(inputs), targets)});
  }
}

double RungProcess::Caution() const { return rungs_.size() > 1 ? kCaution : 1; }

RungProcess::Prediction RungProcess::Recurse(const MatrixXd& x, const std::vector<KnownAt>& known,
                                             bool with_variance) const {
  const auto n = static_cast<Index>(rungs_.size());
  // Columns of `left`: of the variance now, then once each rung is known.
  Prediction at{VectorXd::Zero(x.cols()), {}, {}};
  MatrixXd left = MatrixXd::Zero(with_variance ? x.cols() : 0, n + 1);
  for (Index k = 0; k < n; ++k) {
    const Rung& rung = rungs_[static_cast<std::size_t>(k)];
    const GpInputs inputs = k == 0 ? GpInputs{x, {}} : rung.Inputs(x, at.mean);
    const double rho = k == 0 ? 0 : rung.rho;
    const VectorXd from_below = rho * (at.mean.array() - rung.centre);
    if (with_variance) {
      const GaussianProcess::Prediction own = rung.process.Predict(inputs);
      at.mean = from_below + own.mean;
      if (k > 0) left.leftCols(k + 1) *= rung.MeanSquareSlope();
      left.leftCols(k + 1).colwise() += Caution() * own.variance;
    } else {
      at.mean = from_below + rung.process.Mean(inputs);
    }
    for (Index i = 0; i < x.cols(); ++i) {
      if (!IsKnown(known, i, static_cast<int>(k))) continue;
      at.mean[i] = known[static_cast<std::size_t>(i)].value;
      if (with_variance) left.row(i).setZero();
    }
  }
  if (with_variance) {
    at.variance = left.col(0);
    at.variance_after = left.rightCols(n);
  }
  return at;
}

RungProcess::Prediction RungProcess::Predict(const MatrixXd& x,
                                             const std::vector<KnownAt>& known) const {
  return Recurse(x, known, true);
}

VectorXd RungProcess::Mean(const MatrixXd& x, const std::vector<KnownAt>& known) const {
  return Recurse(x, known, false).mean;
}

GaussianProcess::PointPrediction RungProcess::PredictWithGradient(const VectorXd& x) const {
  GaussianProcess::PointPrediction at = rungs_.front().process.PredictWithGradient({x, {}});
  at.variance *= Caution();
  at.variance_gradient *= Caution();
  for (std::size_t k = 1; k < rungs_.size(); ++k) {
    const Rung& rung = rungs_[k];
    const GpInputs inputs = rung.Inputs(x, VectorXd::Constant(1, at.mean));
    GaussianProcess::PointPrediction own = rung.process.PredictWithGradient(inputs);
    const double slope = rung.slope(), square = rung.MeanSquareSlope();
    const double by_below = own.variance_by_linear[0] * kRhoSd * rung.rho;
    own.mean += rung.rho * (at.mean - rung.centre);
    own.variance = Caution() * own.variance + square * at.variance;
    own.variance_gradient = Caution() * (own.variance_gradient + by_below * at.mean_gradient) +
                            square * at.variance_gradient;
    own.mean_gradient += slope * at.mean_gradient;
    at = std::move(own);
  }
  return at;
}

}  // namespace faretto
