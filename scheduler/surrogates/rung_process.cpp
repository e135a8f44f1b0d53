#include "scheduler/surrogates/rung_process.h"

#include <cmath>

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// Prior deviations of the coefficients: wide enough for any curve that still resembles the rung
// below. Conventions.
constexpr double kRhoSd = 0.5;   // relative to its mean
constexpr double kBetaSd = 0.5;  // in units of the rung
// Variances of a chain are multiplied by this. The chain takes means of lower rungs for their
// values and modes for the hyperparameters, so its own variances are too small: new configurations
// missed their predictions by twice the standard deviation (root mean square). Measured:
// benchmarks/notes/low-rungs.md.
constexpr double kCaution = 2;

// What rho and beta multiply where the values at the rung below are `below`, scaled so that both
// have unit prior variance.
MatrixXd LinearFeatures(const VectorXd& below, double centre, double rho) {
  MatrixXd linear(2, below.size());
  linear.row(0) = kRhoSd * rho * (below.transpose().array() - centre);
  linear.row(1).setConstant(kBetaSd);
  return linear;
}

Index HighestKnown(const std::vector<KnownBelow>& known, Index i) {
  return known.empty() ? -1 : static_cast<Index>(known[static_cast<std::size_t>(i)].size()) - 1;
}

// Points whose value at rung k is not known.
std::vector<Index> OpenAt(Index k, const std::vector<KnownBelow>& known, Index points) {
  std::vector<Index> open;
  for (Index i = 0; i < points; ++i) {
    if (HighestKnown(known, i) < k ||
        std::isnan(known[static_cast<std::size_t>(i)][static_cast<std::size_t>(k)]))
      open.push_back(i);
  }
  return open;
}

MatrixXd Beside(const MatrixXd& a, const MatrixXd& b) {
  MatrixXd joined(a.rows(), a.cols() + b.cols());
  joined << a, b;
  return joined;
}

}  // namespace

double RungProcess::Rung::Slope() const {
  return rho + kRhoSd * rho * process.LinearCoefficients()[0];
}

RungProcess::RungProcess(std::vector<RungTargets> rungs, const MatrixXd& pending,
                         const std::vector<KnownBelow>& known_of_pending, const Make& make) {
  for (std::size_t k = 0; k < rungs.size(); ++k) {
    std::vector<VectorXd> open;
    std::vector<KnownBelow> known_of_open;
    const auto add = [&](const MatrixXd& points, const std::vector<KnownBelow>& known) {
      for (Index i = 0; i < points.cols(); ++i) {
        if (HighestKnown(known, i) >= static_cast<Index>(k)) continue;
        open.push_back(points.col(i));
        known_of_open.push_back(known.empty() ? KnownBelow{} : known[static_cast<std::size_t>(i)]);
      }
    };
    add(pending, known_of_pending);
    for (std::size_t j = k + 1; j < rungs.size(); ++j) add(rungs[j].x, rungs[j].known);
    MatrixXd more(pending.rows(), static_cast<Index>(open.size()));
    for (std::size_t i = 0; i < open.size(); ++i) more.col(static_cast<Index>(i)) = open[i];
    const auto& [x, y, known, rho] = rungs[k];
    if (k == 0) {
      Add({1, 0, make(k, {Beside(x, more), {}}, y)});
      continue;
    }
    const VectorXd below = Recurse(x, known, false).means.rightCols(1);
    const double centre = below.mean();
    VectorXd all_below(below.size() + more.cols());
    all_below << below, Recurse(more, known_of_open, false).means.rightCols(1);
    const VectorXd targets = y - rho * (below.array() - centre).matrix();
    GpInputs inputs{Beside(x, more), LinearFeatures(all_below, centre, rho)};
    Add({rho, centre, make(k, std::move(inputs), targets)});
  }
}

void RungProcess::Add(Rung rung) {
  if (!rungs_.empty()) {
    const double slope = rung.Slope(), spread = kRhoSd * rung.rho;
    square_slopes_ *= slope * slope + rung.process.linear_variances()[0] * spread * spread;
  }
  square_slopes_.conservativeResize(square_slopes_.size() + 1);
  square_slopes_.tail(1)[0] = 1;
  rungs_.push_back(std::move(rung));
}

double RungProcess::Caution() const { return rungs_.size() > 1 ? kCaution : 1; }

RungProcess::Chain RungProcess::Recurse(const MatrixXd& x, const std::vector<KnownBelow>& known,
                                        bool with_variances) const {
  const auto n = static_cast<Index>(rungs_.size());
  Chain chain{MatrixXd(x.cols(), n), MatrixXd(with_variances ? x.cols() : 0, n)};
  for (Index k = 0; k < n; ++k) {
    const Rung& rung = rungs_[static_cast<std::size_t>(k)];
    for (Index i = 0; i < x.cols(); ++i) {
      if (HighestKnown(known, i) < k) continue;
      chain.means(i, k) = known[static_cast<std::size_t>(i)][static_cast<std::size_t>(k)];
      if (with_variances) chain.variances(i, k) = 0;
    }
    const std::vector<Index> open = OpenAt(k, known, x.cols());
    if (open.empty()) continue;
    GpInputs inputs{x(Eigen::all, open), {}};
    if (k > 0) inputs.linear = LinearFeatures(chain.means(open, k - 1), rung.centre, rung.rho);
    VectorXd means;
    if (with_variances) {
      GaussianProcess::Prediction own = rung.process.Predict(inputs);
      means = std::move(own.mean);
      for (std::size_t i = 0; i < open.size(); ++i)
        if (HighestKnown(known, open[i]) < k)
          chain.variances(open[i], k) = own.variance[static_cast<Index>(i)];
    } else {
      means = rung.process.Mean(inputs);
    }
    if (k > 0) means.array() += rung.rho * (chain.means(open, k - 1).array() - rung.centre);
    chain.means(open, k) = means;
  }
  return chain;
}

VectorXd RungProcess::Mean(const MatrixXd& x, const std::vector<KnownBelow>& known) const {
  return Recurse(x, known, false).means.rightCols(1);
}

RungProcess::Prediction RungProcess::Predict(const MatrixXd& x,
                                             const std::vector<KnownBelow>& known) const {
  const Chain chain = Recurse(x, known, true);
  const Index n = chain.means.cols();
  // As they count at the top.
  const MatrixXd variances = chain.variances * (Caution() * square_slopes_).asDiagonal();
  Prediction at{chain.means.rightCols(1), variances.rowwise().sum(), MatrixXd::Zero(x.cols(), n)};
  for (Index k = n - 1; k-- > 0;)
    at.variance_after.col(k) = at.variance_after.col(k + 1) + variances.col(k + 1);
  return at;
}

GaussianProcess::PointPrediction RungProcess::PredictWithGradient(const VectorXd& x) const {
  GaussianProcess::PointPrediction at{0, 0, VectorXd::Zero(x.size()), VectorXd::Zero(x.size()), {}};
  for (std::size_t k = 0; k < rungs_.size(); ++k) {
    const Rung& rung = rungs_[k];
    GpInputs inputs{x, {}};
    if (k > 0)
      inputs.linear = LinearFeatures(VectorXd::Constant(1, at.mean), rung.centre, rung.rho);
    const GaussianProcess::PointPrediction own = rung.process.PredictWithGradient(inputs);
    VectorXd variance_gradient = own.variance_gradient;
    VectorXd mean_gradient = own.mean_gradient;
    double mean = own.mean;
    if (k > 0) {
      mean += rung.rho * (at.mean - rung.centre);
      mean_gradient += rung.Slope() * at.mean_gradient;
      variance_gradient += kRhoSd * rung.rho * own.variance_by_linear[0] * at.mean_gradient;
    }
    at.mean = mean;
    at.mean_gradient = std::move(mean_gradient);
    const double counts = Caution() * square_slopes_[static_cast<Index>(k)];
    at.variance += counts * own.variance;
    at.variance_gradient += counts * variance_gradient;
  }
  return at;
}

}  // namespace faretto
