// Ranks of images in identification: how many others look at least as near as the same person.
//
// Every image is probe and gallery. Embeddings are L2-normalised, distance is Euclidean. For a
// probe, d* is the distance to its nearest other image of the same identity (its mate):
//   rank by image     images of other identities at most as far as d*
//   rank by identity  identities whose nearest image is at most as far as d*
// Ties count against the model: with constant embeddings no image has rank 0. "At most as far"
// means a similarity of at least the mate's less (dimensions + 8) * 2^-53, what rounding in double
// can take from two that are equal, so that ties of quantised embeddings (signs, small integers)
// are ties.
//
// Method: the rows are ordered by identity; blocks of rows meet panels of columns in float matrix
// products, never an N x N matrix, and nothing is sorted by distance. Float only pre-selects: each
// comparison closer than 1e-5 in squared distance, or than the error bound of the float product
// (dimensions * 2^-24 for a similarity, whichever is larger), the choice of the mate included, is
// decided by a dot product in double with a fixed order of additions. So the ranks do not depend on
// block size, threads or instruction set.
//
// Time O(N^2 D), about that of the bare product. Memory: 12 bytes a number of the embeddings, and
// 4 * block_rows * 2048 bytes a thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"

namespace faretto {

struct ImageRank {
  std::int32_t by_image = 0;
  std::int32_t by_identity = 0;
  double mate_distance = 0;  // in [0, 2]
};

// One entry for each image, in the order given; nothing for an image without a mate.
using ImageRanks = std::vector<std::optional<ImageRank>>;

struct RankingOptions {
  int block_rows = 256;
  int threads = 1;  // 0: one for each core
  // Index into SimilarityKernels(); -1 takes the fastest. For tests.
  int kernel = -1;
};

// `embeddings` is row-major, identities.size() rows of `dimensions` numbers. kInvalid: sizes that
// do not fit, more than 2^31-1 rows, a row that is not finite or all zero (named, from 0).
// Thread safety: a pure function that starts its own threads.
Result<ImageRanks> RankImages(std::span<const float> embeddings, std::size_t dimensions,
                              std::span<const std::int32_t> identities,
                              const RankingOptions& options = {});
Result<ImageRanks> RankImages(std::span<const double> embeddings, std::size_t dimensions,
                              std::span<const std::int32_t> identities,
                              const RankingOptions& options = {});

}  // namespace faretto
