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

// Prior deviation of the steps' coefficients. A curve that is a power of the resource has
// coefficients 0.7 and -0.1 at its fourth rung; 0.5 searches as well
// (benchmarks/notes/steps-between-rungs.md).
constexpr double kStepSd = 1;

// The matrix that turns the values below into linear features of unit prior variance: the value one
// rung below, and the steps that led to it. `units`: the units of the rungs below in units of this
// one.
MatrixXd LinearBasis(double rho, const VectorXd& units) {
  const Index below = units.size();
  MatrixXd basis = MatrixXd::Zero(below, below);
  basis(0, below - 1) = kRhoSd * rho;
  for (Index j = 1; j < below; ++j) {
    basis(j, j) = kStepSd * units[j];
    basis(j, j - 1) = -kStepSd * units[j - 1];
  }
  return basis;
}

MatrixXd LinearFeatures(const MatrixXd& below, const VectorXd& centres, const MatrixXd& basis) {
  MatrixXd linear(basis.rows() + 1, below.rows());
  linear.topRows(basis.rows()) = basis * (below.rowwise() - centres.transpose()).transpose();
  linear.bottomRows(1).setConstant(kBetaSd);
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

GpInputs RungProcess::Rung::Inputs(const MatrixXd& x, const MatrixXd& below) const {
  return {x, basis.size() > 0 ? LinearFeatures(below, centres, basis) : MatrixXd()};
}

VectorXd RungProcess::Rung::Slopes() const {
  VectorXd slopes = basis.transpose() * process.LinearCoefficients().head(basis.rows());
  slopes[slopes.size() - 1] += rho;
  return slopes;
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
      Add({1, {}, {}, make(k, {Beside(x, more), {}}, y)});
      continue;
    }
    VectorXd units(static_cast<Index>(k));
    double unit = 1;
    for (std::size_t j = k; j-- > 0;) units[static_cast<Index>(j)] = unit *= rungs[j + 1].rho;
    const MatrixXd basis = LinearBasis(rho, units);
    const MatrixXd below = Recurse(x, known, false).means;
    const VectorXd centres = below.colwise().mean();
    MatrixXd all_below(below.rows() + more.cols(), below.cols());
    all_below << below, Recurse(more, known_of_open, false).means;
    const VectorXd targets = y - rho * (below.rightCols(1).array() - centres.tail(1)[0]).matrix();
    GpInputs inputs{Beside(x, more), LinearFeatures(all_below, centres, basis)};
    Add({rho, centres, basis, make(k, std::move(inputs), targets)});
  }
}

void RungProcess::Add(Rung rung) {
  const auto k = static_cast<Index>(rungs_.size());
  slopes_.conservativeResizeLike(MatrixXd::Zero(k + 1, k + 1));
  square_slopes_.conservativeResizeLike(MatrixXd::Zero(k + 1, k + 1));
  slopes_(k, k) = square_slopes_(k, k) = 1;
  if (k > 0) {
    const MatrixXd features = rung.basis * slopes_.topLeftCorner(k, k);
    const VectorXd by_below = rung.Slopes(), variances = rung.process.linear_variances().head(k);
    const double square_of_last =
        by_below[k - 1] * by_below[k - 1] + variances.dot(rung.basis.col(k - 1).cwiseAbs2());
    const VectorXd slopes = slopes_.topLeftCorner(k, k).transpose() * by_below;
    const VectorXd last = slopes_.row(k - 1).head(k).cwiseAbs2();
    slopes_.row(k).head(k) = slopes;
    square_slopes_.row(k).head(k) =
        slopes.cwiseAbs2() + features.cwiseAbs2().transpose() * variances +
        square_of_last * (square_slopes_.row(k - 1).head(k).transpose() - last);
  }
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
    const GpInputs inputs = rung.Inputs(x(Eigen::all, open), chain.means(open, Eigen::seqN(0, k)));
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
    if (k > 0) means.array() += rung.rho * (chain.means(open, k - 1).array() - rung.centres[k - 1]);
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
  const MatrixXd variances =
      chain.variances * (Caution() * square_slopes_.row(n - 1)).transpose().asDiagonal();
  Prediction at{chain.means.rightCols(1), variances.rowwise().sum(), MatrixXd::Zero(x.cols(), n)};
  for (Index k = n - 1; k-- > 0;)
    at.variance_after.col(k) = at.variance_after.col(k + 1) + variances.col(k + 1);
  return at;
}

GaussianProcess::PointPrediction RungProcess::PredictWithGradient(const VectorXd& x) const {
  const auto n = static_cast<Index>(rungs_.size());
  MatrixXd means(1, n), gradients(x.size(), n);
  GaussianProcess::PointPrediction at;
  at.variance_gradient = VectorXd::Zero(x.size());
  for (Index k = 0; k < n; ++k) {
    const Rung& rung = rungs_[static_cast<std::size_t>(k)];
    const GaussianProcess::PointPrediction own =
        rung.process.PredictWithGradient(rung.Inputs(x, means.leftCols(k)));
    means(0, k) = own.mean;
    gradients.col(k) = own.mean_gradient;
    VectorXd variance_gradient = own.variance_gradient;
    if (k > 0) {
      means(0, k) += rung.rho * (means(0, k - 1) - rung.centres[k - 1]);
      gradients.col(k) += gradients.leftCols(k) * rung.Slopes();
      variance_gradient +=
          gradients.leftCols(k) * (rung.basis.transpose() * own.variance_by_linear.head(k));
    }
    const double counts = Caution() * square_slopes_(n - 1, k);
    at.variance += counts * own.variance;
    at.variance_gradient += counts * variance_gradient;
  }
  at.mean = means(0, n - 1);
  at.mean_gradient = gradients.col(n - 1);
  return at;
}

}  // namespace faretto
