#include "objectives/fairness/ranking.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <system_error>
#include <thread>

#include "objectives/fairness/similarity.h"
#include "objectives/fairness/unit_rows.h"

namespace faretto {
namespace {

constexpr std::size_t kPanelColumns =
    2048;  // a panel fits the cache; the result does not depend on it
// 1e-5 in squared distance; the squared distance of unit vectors is 2 - 2 * similarity.
constexpr double kCloseSimilarity = 5e-6;

// How far a similarity from the float product may lie from the exact one: |error| <= n u / (1 - nu)
// for any order of additions (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1),
// and a few u for the roundings of the rows and of the threshold.
double FloatTolerance(std::size_t dimensions) {
  const double bound = 1.01 * (static_cast<double>(dimensions) + 8) * 0x1p-24;
  return std::max(kCloseSimilarity, bound);
}

// How far two similarities may lie apart that are equal in exact arithmetic: each is a sum of
// `dimensions` products in double, of rows that were divided by a rounded length. 2^-53 is the unit
// roundoff; without this, rounding would decide exact ties of quantised embeddings.
double TieTolerance(std::size_t dimensions) {
  return (static_cast<double>(dimensions) + 8) * 0x1p-53;
}

// Ranks one block of rows at a time; one object for each thread.
class BlockRanker {
 public:
  BlockRanker(const UnitRows& rows, const SimilarityKernel& kernel, std::size_t block_rows,
              ImageRanks& ranks)
      : rows_(rows),
        kernel_(kernel),
        tolerance_(FloatTolerance(rows.dimensions)),
        tie_(TieTolerance(rows.dimensions)),
        ranks_(ranks),
        product_(block_rows * std::min(kPanelColumns, rows.size())),
        hits_(std::min(kPanelColumns, rows.size())),
        probes_(block_rows) {}

  void Rank(std::size_t begin, std::size_t end) {
    begin_ = begin;
    end_ = end;
    for (std::size_t row = begin; row < end; ++row) probes_[row - begin] = {};
    const std::size_t first = rows_.begin[Segment(begin)];
    const std::size_t last = rows_.begin[Segment(end - 1) + 1];
    OverPanels(first, last, [this](std::size_t row, auto... panel) { FindMate(row, panel...); });
    OverPanels(0, rows_.size(), [this](std::size_t row, auto... panel) { Count(row, panel...); });
    for (std::size_t row = begin; row < end; ++row) Store(row);
  }

 private:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  struct Probe {
    std::size_t mate = kNone;
    double similarity = -std::numeric_limits<double>::infinity();  // to the mate, exact
    std::int32_t by_image = 0;
    std::int32_t by_identity = 0;
    std::int32_t last_hit = -1;  // segment counted last: one may go over the end of a panel
  };

  std::size_t Segment(std::size_t row) const {
    return static_cast<std::size_t>(rows_.segment[row]);
  }

  double Exact(std::size_t a, std::size_t b) const {
    return kernel_.exact_dot(rows_.row(a), rows_.row(b),
                             static_cast<std::int64_t>(rows_.dimensions));
  }

  // Calls visit(row, first column, similarities, number of columns) for every row of the block.
  template <class Visit>
  void OverPanels(std::size_t first, std::size_t last, Visit visit) {
    for (std::size_t column = first; column < last; column += kPanelColumns) {
      const std::size_t width = std::min(kPanelColumns, last - column);
      kernel_.similarities(rows_.rounded_row(begin_), static_cast<std::int64_t>(end_ - begin_),
                           rows_.rounded_row(column), static_cast<std::int64_t>(width),
                           static_cast<std::int64_t>(rows_.dimensions), product_.data());
      for (std::size_t row = begin_; row < end_; ++row)
        visit(row, column, product_.data() + (row - begin_) * width, width);
    }
  }

  void FindMate(std::size_t row, std::size_t column, const float* similarities, std::size_t width) {
    Probe& probe = probes_[row - begin_];
    const std::size_t from = std::max(column, rows_.begin[Segment(row)]);
    const std::size_t to = std::min(column + width, rows_.begin[Segment(row) + 1]);
    for (std::size_t other = from; other < to; ++other) {
      if (other == row || similarities[other - column] < probe.similarity - tolerance_) continue;
      const double exact = Exact(row, other);
      if (exact <= probe.similarity) continue;
      probe.similarity = exact;
      probe.mate = other;
    }
  }

  void Count(std::size_t row, std::size_t column, const float* similarities, std::size_t width) {
    Probe& probe = probes_[row - begin_];
    if (probe.mate == kNone) return;
    const std::int32_t own = rows_.segment[row];
    const std::int64_t found =
        kernel_.at_least(similarities, static_cast<std::int64_t>(width),
                         static_cast<float>(probe.similarity - tolerance_), hits_.data());
    const auto clear = static_cast<float>(probe.similarity + tolerance_);
    for (std::int64_t i = 0; i < found; ++i) {
      const auto offset = static_cast<std::size_t>(hits_[static_cast<std::size_t>(i)]);
      const std::size_t other = column + offset;
      const std::int32_t segment = rows_.segment[other];
      if (segment == own) continue;
      if (similarities[offset] <= clear && !AtMostAsFar(row, other, probe)) continue;
      ++probe.by_image;
      probe.by_identity += segment != probe.last_hit ? 1 : 0;
      probe.last_hit = segment;
    }
  }

  bool AtMostAsFar(std::size_t row, std::size_t other, const Probe& probe) const {
    return rows_.equal_class[other] == rows_.equal_class[probe.mate] ||
           Exact(row, other) >= probe.similarity - tie_;
  }

  void Store(std::size_t row) {
    const Probe& probe = probes_[row - begin_];
    if (probe.mate == kNone) return;
    double squared = 0;
    for (std::size_t k = 0; k < rows_.dimensions; ++k) {
      const double difference = rows_.row(row)[k] - rows_.row(probe.mate)[k];
      squared += difference * difference;
    }
    ranks_[rows_.source[row]] = {probe.by_image, probe.by_identity, std::sqrt(squared)};
  }

  const UnitRows& rows_;
  const SimilarityKernel& kernel_;
  const double tolerance_;
  const double tie_;
  ImageRanks& ranks_;  // each block writes its own entries
  std::vector<float> product_;
  std::vector<std::int32_t> hits_;
  std::vector<Probe> probes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

void RunThreads(std::vector<BlockRanker>& rankers, std::size_t n, std::size_t block_rows) {
  std::atomic<std::size_t> next{0};
  const auto work = [&](BlockRanker& ranker) {
    for (std::size_t begin; (begin = next.fetch_add(block_rows)) < n;)
      ranker.Rank(begin, std::min(begin + block_rows, n));
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < rankers.size(); ++i) {
    try {
      threads.emplace_back(work, std::ref(rankers[i]));
    } catch (const std::system_error&) {
      break;  // no more threads are to be had; those that run do the work
    }
  }
  work(rankers[0]);
  for (std::thread& thread : threads) thread.join();
}

template <class Scalar>
Result<ImageRanks> Rank(std::span<const Scalar> embeddings, std::size_t dimensions,
                        std::span<const std::int32_t> identities, const RankingOptions& options) {
  FARETTO_ASSIGN_OR_RETURN(const UnitRows rows, MakeUnitRows(embeddings, dimensions, identities));
  const std::size_t n = rows.size();
  ImageRanks ranks(n);
  if (n == 0) return ranks;
  const std::span<const SimilarityKernel> kernels = SimilarityKernels();
  const std::size_t fastest = kernels.size() - 1;
  const SimilarityKernel& kernel =
      kernels[options.kernel < 0 ? fastest
                                 : std::min(fastest, static_cast<std::size_t>(options.kernel))];
  const std::size_t block_rows =
      std::min(n, static_cast<std::size_t>(std::max(1, options.block_rows)));
  const std::size_t wanted = options.threads > 0
                                 ? static_cast<std::size_t>(options.threads)
                                 : std::max(1u, std::thread::hardware_concurrency());
  const std::size_t blocks = (n + block_rows - 1) / block_rows;
  std::vector<BlockRanker> rankers;
  for (std::size_t i = 0; i < std::min(wanted, blocks); ++i)
    rankers.emplace_back(rows, kernel, block_rows, ranks);
  RunThreads(rankers, n, block_rows);
  return ranks;
}

}  // namespace

Result<ImageRanks> RankImages(std::span<const float> embeddings, std::size_t dimensions,
                              std::span<const std::int32_t> identities,
                              const RankingOptions& options) {
  return Rank(embeddings, dimensions, identities, options);
}

Result<ImageRanks> RankImages(std::span<const double> embeddings, std::size_t dimensions,
                              std::span<const std::int32_t> identities,
                              const RankingOptions& options) {
  return Rank(embeddings, dimensions, identities, options);
}

}  // namespace faretto
