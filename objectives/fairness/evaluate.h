// `faretto evaluate`: rank metrics and fairness of any model's embeddings, from two files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "objectives/fairness/fairness.h"

namespace faretto {

struct EvaluateOptions {
  std::string group;       // column of the labels; empty: no groups
  std::uint64_t seed = 0;  // of the bootstrap
  int threads = 0;         // 0: one for each core
};

// Row i of `labels` (a CSV with the column `identity` and any attributes) belongs to row i of
// `embeddings` (a two-dimensional .npy). An empty attribute means: in no group. A collapsed model
// is no error: its error is 1 and its disparities are absent.
// kInvalid: what ReadNpy, ReadCsv and RankImages refuse; different numbers of rows; no rows; a
// missing column; an empty identity; a single identity (nobody to be confused with, so that every
// rank would be 0).
// Thread safety: reads its files, else pure; starts its own threads.
Result<Fairness> EvaluateEmbeddings(const std::filesystem::path& embeddings,
                                    const std::filesystem::path& labels,
                                    const EvaluateOptions& options);

}  // namespace faretto
