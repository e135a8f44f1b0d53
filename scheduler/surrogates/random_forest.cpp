#include "scheduler/surrogates/random_forest.h"

#include <algorithm>
#include <numeric>
#include <optional>

namespace faretto {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// As in SMAC3 (random_forest.h).
constexpr int kTrees = 10;
constexpr double kColumnRatio = 5.0 / 6;
constexpr std::size_t kLeastToSplit = 2;
constexpr double kVarianceFloor = 1e-10;

using Order = std::vector<Index>;  // samples, rising by one column's value

// Columns in which samples differ, each with the samples in its order.
struct SortedColumns {
  explicit SortedColumns(MatrixXd values) : x(std::move(values)) {
    for (Index c = 0; c < x.cols(); ++c) {
      if (x.col(c).minCoeff() == x.col(c).maxCoeff()) continue;
      Order order(static_cast<std::size_t>(x.rows()));
      std::iota(order.begin(), order.end(), 0);
      std::stable_sort(order.begin(), order.end(),
                       [&](Index a, Index b) { return x(a, c) < x(b, c); });
      columns.push_back(c);
      orders.push_back(std::move(order));
    }
  }

  MatrixXd x;  // a row for each sample, so that a column is contiguous
  std::vector<Index> columns;
  std::vector<Order> orders;  // [place in `columns`]
};

struct Split {
  std::size_t place = 0;  // in SortedColumns::columns
  double gain = -1;       // decrease of the squared error
  double below = 0;       // the values on both sides
  double above = 0;
};

// Grows one tree. Every column keeps its order: a node is the same range in all of them.
class Grower {
 public:
  Grower(const SortedColumns& data, const VectorXd& y, RandomStream& random)
      : data_(data), y_(y), random_(random) {
    std::vector<int> copies(static_cast<std::size_t>(y.size()), 0);
    for (Index i = 0; i < y.size(); ++i)
      ++copies[random.Below(static_cast<std::uint64_t>(y.size()))];
    const auto draw = [&](const Order& order) {
      Order drawn;
      drawn.reserve(order.size());
      for (const Index i : order)
        drawn.insert(drawn.end(), static_cast<std::size_t>(copies[static_cast<std::size_t>(i)]), i);
      return drawn;
    };
    for (const Order& order : data.orders) orders_.push_back(draw(order));
    if (orders_.empty()) {
      Order all(static_cast<std::size_t>(y.size()));
      std::iota(all.begin(), all.end(), 0);
      orders_.push_back(draw(all));
    }
    places_.resize(data.columns.size());
    std::iota(places_.begin(), places_.end(), 0);
  }

  std::vector<RandomForest::Node> Grow() {
    struct Range {
      std::size_t node, begin, end;
    };
    std::vector<RandomForest::Node> nodes(1);
    std::vector<Range> open = {{0, 0, orders_[0].size()}};
    while (!open.empty()) {
      const auto [node, begin, end] = open.back();
      open.pop_back();
      Summarise(begin, end, nodes[node]);
      if (end - begin < kLeastToSplit || !(nodes[node].variance > 0)) continue;
      const std::optional<Split> split = BestSplit(begin, end, nodes[node].mean);
      if (!split) continue;
      const double width = split->above - split->below;
      double threshold = split->below + width * random_.Uniform();
      if (!(threshold < split->above)) threshold = split->below;
      const Index column = data_.columns[split->place];
      const std::size_t middle = Partition(begin, end, column, threshold);
      nodes[node].column = static_cast<std::int32_t>(column);
      nodes[node].threshold = threshold;
      nodes[node].child = static_cast<std::int32_t>(nodes.size());
      open.push_back({nodes.size(), begin, middle});
      open.push_back({nodes.size() + 1, middle, end});
      nodes.resize(nodes.size() + 2);
    }
    return nodes;
  }

 private:
  void Summarise(std::size_t begin, std::size_t end, RandomForest::Node& node) const {
    const Order& order = orders_[0];
    const auto n = static_cast<double>(end - begin);
    const double first = y_[order[begin]];
    double sum = 0, squares = 0;  // of differences, so that equal targets have no variance at all
    for (std::size_t i = begin; i < end; ++i) sum += y_[order[i]] - first;
    node.mean = first + sum / n;
    for (std::size_t i = begin; i < end; ++i)
      squares += (y_[order[i]] - node.mean) * (y_[order[i]] - node.mean);
    node.variance = squares / n;
  }

  // Among a share of the columns, and further ones while none of them differs in this range.
  std::optional<Split> BestSplit(std::size_t begin, std::size_t end, double mean) {
    random_.Shuffle(places_);
    const auto share =
        static_cast<std::size_t>(std::max(1.0, kColumnRatio * static_cast<double>(places_.size())));
    Split best;
    for (std::size_t k = 0; k < places_.size() && (k < share || best.gain < 0); ++k)
      TryColumn(places_[k], begin, end, mean, best);
    return best.gain < 0 ? std::nullopt : std::optional(best);
  }

  void TryColumn(std::size_t place, std::size_t begin, std::size_t end, double mean,
                 Split& best) const {
    const Order& order = orders_[place];
    const auto values = data_.x.col(data_.columns[place]);
    if (values[order[begin]] == values[order[end - 1]]) return;
    const auto n = static_cast<double>(end - begin);
    double sum = 0, left = 0;
    for (std::size_t i = begin; i + 1 < end; ++i) {
      sum += y_[order[i]] - mean;
      left += 1;
      const double below = values[order[i]], above = values[order[i + 1]];
      if (!(below < above)) continue;
      const double gain = sum * sum * (1 / left + 1 / (n - left));
      if (gain > best.gain) best = {place, gain, below, above};
    }
  }

  // The samples up to the threshold first, in every column's order; returns where the others begin.
  std::size_t Partition(std::size_t begin, std::size_t end, Index column, double threshold) {
    std::size_t middle = begin;
    for (Order& order : orders_) {
      middle = begin;
      scratch_.clear();
      for (std::size_t i = begin; i < end; ++i) {
        if (data_.x(order[i], column) <= threshold) {
          order[middle++] = order[i];
        } else {
          scratch_.push_back(order[i]);
        }
      }
      std::copy(scratch_.begin(), scratch_.end(),
                order.begin() + static_cast<std::ptrdiff_t>(middle));
    }
    return middle;
  }

  const SortedColumns& data_;
  const VectorXd& y_;
  RandomStream& random_;
  std::vector<Order> orders_;  // of the bootstrap sample
  std::vector<std::size_t> places_;
  Order scratch_;
};

}  // namespace

RandomForest::RandomForest(const MatrixXd& x, const VectorXd& y, RandomStream& random) {
  const SortedColumns data(x.transpose());
  for (int tree = 0; tree < kTrees; ++tree) trees_.push_back(Grower(data, y, random).Grow());
}

RandomForest::Prediction RandomForest::Predict(const MatrixXd& x) const {
  const auto trees = static_cast<double>(trees_.size());
  Prediction prediction{VectorXd(x.cols()), VectorXd(x.cols())};
  VectorXd means(static_cast<Index>(trees_.size()));
  for (Index i = 0; i < x.cols(); ++i) {
    double within = 0;
    for (std::size_t t = 0; t < trees_.size(); ++t) {
      const std::vector<Node>& nodes = trees_[t];
      const Node* node = nodes.data();
      while (node->column >= 0) {
        const auto child = static_cast<std::size_t>(node->child);
        node = &nodes[x(node->column, i) > node->threshold ? child + 1 : child];
      }
      means[static_cast<Index>(t)] = node->mean;
      within += node->variance;
    }
    const double mean = means.mean();
    prediction.mean[i] = mean;
    const double between = (means.array() - mean).square().sum();
    prediction.variance[i] = std::max(kVarianceFloor, (between + within) / trees);
  }
  return prediction;
}

}  // namespace faretto
