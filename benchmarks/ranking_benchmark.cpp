// Rank metrics of 20,000 x 512 embeddings on one thread against the bare matrix product in the same
// blocks, with the same instruction set.
//
//   build/bin/ranking_benchmark                                    time and ratio (goal: at most 2)
//   /usr/bin/time -v build/bin/ranking_benchmark --benchmark_filter=RankMetrics
//       peak memory is "Maximum resident set size" (goal: below 500 MB)
#include <benchmark/benchmark.h>

#include <algorithm>

#include "base/random.h"
#include "objectives/fairness/ranking.h"
#include "objectives/fairness/similarity.h"

namespace faretto {
namespace {

constexpr std::int64_t kImages = 20000;
constexpr std::int64_t kDimensions = 512;
constexpr std::int64_t kBlockRows = 256;
constexpr std::int64_t kPanelColumns = 2048;

// Identities of 20 images around a common direction. `spread` 0 is a collapsed model, 1 recognises
// well, 100 is no better than chance.
std::vector<float> Embeddings(double spread) {
  RandomStream random(1, "benchmark/embeddings");
  std::vector<float> values(kImages * kDimensions);
  std::vector<double> centre(kDimensions, 1.0);
  for (std::int64_t i = 0; i < kImages; ++i) {
    if (spread > 0 && i % 20 == 0)
      for (double& c : centre) c = random.Normal();
    for (std::int64_t k = 0; k < kDimensions; ++k)
      values[static_cast<std::size_t>(i * kDimensions + k)] = static_cast<float>(
          centre[static_cast<std::size_t>(k)] + spread * (spread > 0 ? random.Normal() : 0));
  }
  return values;
}

std::vector<std::int32_t> Identities() {
  std::vector<std::int32_t> identities(kImages);
  for (std::int64_t i = 0; i < kImages; ++i)
    identities[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(i / 20);
  return identities;
}

void BareProduct(benchmark::State& state) {
  const std::vector<float> values = Embeddings(1);
  std::vector<float> product(kBlockRows * kPanelColumns);
  const SimilarityKernel& kernel = SimilarityKernels().back();
  for (auto _ : state) {
    for (std::int64_t row = 0; row < kImages; row += kBlockRows)
      for (std::int64_t column = 0; column < kImages; column += kPanelColumns) {
        kernel.similarities(values.data() + row * kDimensions, std::min(kBlockRows, kImages - row),
                            values.data() + column * kDimensions,
                            std::min(kPanelColumns, kImages - column), kDimensions, product.data());
        benchmark::DoNotOptimize(product.data());
      }
  }
}

void RankMetrics(benchmark::State& state) {
  const std::vector<float> values = Embeddings(static_cast<double>(state.range(0)));
  const std::vector<std::int32_t> identities = Identities();
  for (auto _ : state) {
    const auto ranks = RankImages(values, kDimensions, identities);
    benchmark::DoNotOptimize(ranks.ok());
  }
}

BENCHMARK(BareProduct)->Unit(benchmark::kMillisecond);
BENCHMARK(RankMetrics)->ArgName("spread")->Arg(1)->Arg(100)->Arg(0)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace faretto

BENCHMARK_MAIN();
