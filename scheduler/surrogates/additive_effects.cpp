#include "scheduler/surrogates/additive_effects.h"

#include <cmath>

namespace faretto {
namespace {

using Eigen::ArrayXd;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// sqrt(5) / l_d.
double Rate(const VectorXd& theta, Index d) { return std::sqrt(5.0) * std::exp(-theta[d]); }

// m_d between many points and one.
class Column {
 public:
  Column(const VectorXd& theta, const AdditiveEffects::Points& points, Index d, bool category)
      : points_(points), d_(d), category_(category), rate_(Rate(theta, d)) {}

  // To the i-th of `at`; dm_d / dlog l_d goes to `slope` where given.
  void operator()(const AdditiveEffects::Points& at, Index i, ArrayXd& effect,
                  ArrayXd* slope) const {
    const auto value = points_.value.col(d_).array();
    if (category_) {
      const double decay = std::exp(-rate_);
      const auto differs = (value != at.value(i, d_)).cast<double>();
      effect = 1 - differs * (1 - (1 + rate_ + rate_ * rate_ / 3) * decay);
      if (slope) *slope = differs * (rate_ * rate_ * (1 + rate_) / 3 * decay);
      return;
    }
    const auto r = rate_ * (value - at.value(i, d_)).abs();
    // exp(-r) without an exponential for each pair of points.
    const auto decay = (points_.up.col(d_).array() * at.down(i, d_))
                           .min(points_.down.col(d_).array() * at.up(i, d_));
    effect = (1 + r * (1 + r * (1.0 / 3))) * decay;
    if (slope) *slope = r * r * (1 + r) * decay * (1.0 / 3);
  }

 private:
  const AdditiveEffects::Points& points_;
  Index d_;
  bool category_;
  double rate_;
};

std::vector<Column> Columns(const VectorXd& theta, const AdditiveEffects::Points& points,
                            const std::vector<std::vector<Index>>& features) {
  std::vector<Column> columns;
  for (std::size_t d = 0; d < features.size(); ++d)
    columns.emplace_back(theta, points, static_cast<Index>(d), features[d].size() > 1);
  return columns;
}

}  // namespace

// Factors of sum_d m_d and of (sum_d m_d)^2 - sum_d m_d^2.
struct AdditiveEffects::Scales {
  double single, pair;

  Scales(const VectorXd& theta, Index dimensions)
      : single(std::exp(theta[dimensions]) / static_cast<double>(dimensions)),
        pair(dimensions < 2 ? 0
                            : std::exp(theta[dimensions + 1]) /
                                  static_cast<double>(dimensions * (dimensions - 1))) {}
};

AdditiveEffects::AdditiveEffects(const std::vector<int>& dimension_of, int dimensions)
    : dimensions_(dimensions), features_(static_cast<std::size_t>(dimensions)) {
  for (std::size_t f = 0; f < dimension_of.size(); ++f)
    features_[static_cast<std::size_t>(dimension_of[f])].push_back(static_cast<Index>(f));
}

AdditiveEffects::Points AdditiveEffects::Prepare(const VectorXd& theta, const MatrixXd& x) const {
  const MatrixXd zero = MatrixXd::Zero(x.cols(), dimensions_);
  Points points{zero, zero, zero};
  for (Index d = 0; d < dimensions_; ++d) {
    const std::vector<Index>& features = features_[static_cast<std::size_t>(d)];
    if (features.size() == 1) {
      points.value.col(d) = x.row(features.front()).transpose();
      points.up.col(d) = (Rate(theta, d) * points.value.col(d)).array().exp();
      points.down.col(d) = (-Rate(theta, d) * points.value.col(d)).array().exp();
      continue;
    }
    for (std::size_t c = 0; c < features.size(); ++c)
      for (Index i = 0; i < x.cols(); ++i)
        if (x(features[c], i) > 0) points.value(i, d) = static_cast<double>(c) + 1;
  }
  return points;
}

void AdditiveEffects::AddCovariance(const VectorXd& theta, const Points& a, const Points& b,
                                    MatrixXd& covariance) const {
  const Scales scales(theta, dimensions_);
  ArrayXd effect, sum(a.value.rows()), squares(a.value.rows());
  const std::vector<Column> columns = Columns(theta, a, features_);
  for (Index j = 0; j < b.value.rows(); ++j) {
    sum.setZero();
    squares.setZero();
    for (const Column& column : columns) {
      column(b, j, effect, nullptr);
      sum += effect;
      squares += effect.square();
    }
    covariance.col(j).array() += sum * (scales.single + scales.pair * sum) - scales.pair * squares;
  }
}

double AdditiveEffects::Variance(const VectorXd& theta) const {
  return std::exp(theta[dimensions_]) + (dimensions_ > 1 ? std::exp(theta[dimensions_ + 1]) : 0);
}

VectorXd AdditiveEffects::Gradient(const VectorXd& theta, const Points& points,
                                   const MatrixXd& weights) const {
  const Index n = points.value.rows();
  const Scales scales(theta, dimensions_);
  const std::vector<Column> columns = Columns(theta, points, features_);
  std::vector<ArrayXd> effects(columns.size()), slopes(columns.size());
  ArrayXd sum(n), squares(n);
  VectorXd gradient = VectorXd::Zero(size());
  for (Index j = 0; j < n; ++j) {
    sum.setZero();
    squares.setZero();
    for (std::size_t d = 0; d < columns.size(); ++d) {
      columns[d](points, j, effects[d], &slopes[d]);
      sum += effects[d];
      squares += effects[d].square();
    }
    const auto weight = weights.col(j).array();
    gradient[dimensions_] += scales.single * (weight * sum).sum();
    gradient[dimensions_ + 1] += scales.pair * (weight * (sum.square() - squares)).sum();
    for (std::size_t d = 0; d < columns.size(); ++d)
      gradient[static_cast<Index>(d)] +=
          (weight * slopes[d] * (scales.single + 2 * scales.pair * (sum - effects[d]))).sum();
  }
  return gradient;
}

MatrixXd AdditiveEffects::SlopeAt(const VectorXd& theta, const Points& points, const Points& at,
                                  const MatrixXd& weights) const {
  const Scales scales(theta, dimensions_);
  const std::vector<Column> columns = Columns(theta, points, features_);
  std::vector<ArrayXd> effects(columns.size()), slopes(columns.size());
  ArrayXd sum = ArrayXd::Zero(points.value.rows());
  std::size_t rows = 0;
  for (std::size_t d = 0; d < columns.size(); ++d) {
    columns[d](at, 0, effects[d], &slopes[d]);
    sum += effects[d];
    rows += features_[d].size();
  }
  MatrixXd slope = MatrixXd::Zero(static_cast<Index>(rows), weights.cols());
  for (std::size_t d = 0; d < columns.size(); ++d) {
    if (features_[d].size() > 1) continue;
    // dm/dx = -(dm/dlog l) / (x - x_i).
    const auto column = static_cast<Index>(d);
    const ArrayXd distance = at.value(0, column) - points.value.col(column).array();
    const ArrayXd by_value = (distance == 0).select(0.0, -slopes[d] / distance);
    const ArrayXd by_sum = scales.single + 2 * scales.pair * (sum - effects[d]);
    slope.row(features_[d].front()) = (by_sum * by_value).matrix().transpose() * weights;
  }
  return slope;
}

}  // namespace faretto
