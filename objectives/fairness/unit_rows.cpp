#include "objectives/fairness/unit_rows.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "base/hash.h"

namespace faretto {
namespace {

// Scales the row to length 1. False if it is zero or not finite.
bool Normalize(double* row, std::size_t dimensions) {
  double largest = 0;
  for (std::size_t k = 0; k < dimensions; ++k) {
    if (!std::isfinite(row[k])) return false;
    largest = std::max(largest, std::abs(row[k]));
  }
  if (largest == 0) return false;
  // A power of two changes no digit, and keeps squares of very large and small numbers in range.
  if (largest > 1e100 || largest < 1e-100) {
    const int exponent = std::ilogb(largest);
    for (std::size_t k = 0; k < dimensions; ++k) row[k] = std::scalbn(row[k], -exponent);
  }
  double squares = 0;
  for (std::size_t k = 0; k < dimensions; ++k) squares += row[k] * row[k];
  const double length = std::sqrt(squares);
  // The added zero turns -0 into 0, so that equal rows have equal bits.
  for (std::size_t k = 0; k < dimensions; ++k) row[k] = row[k] / length + 0.0;
  return true;
}

void OrderByIdentity(std::span<const std::int32_t> identities, UnitRows& rows) {
  rows.source.resize(identities.size());
  std::iota(rows.source.begin(), rows.source.end(), std::size_t{0});
  std::stable_sort(rows.source.begin(), rows.source.end(),
                   [&](std::size_t i, std::size_t j) { return identities[i] < identities[j]; });
  for (std::size_t i = 0; i < rows.source.size(); ++i) {
    if (i == 0 || identities[rows.source[i]] != identities[rows.source[i - 1]])
      rows.begin.push_back(i);
    rows.segment.push_back(static_cast<std::int32_t>(rows.begin.size()) - 1);
  }
  rows.begin.push_back(rows.source.size());
}

// Collapsed models give the same embedding many times; ties between them need no arithmetic.
void FindEqualRows(UnitRows& rows) {
  std::unordered_map<std::uint64_t, std::int32_t> first;
  const std::size_t bytes = rows.dimensions * sizeof(double);
  rows.equal_class.resize(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string_view content(reinterpret_cast<const char*>(rows.row(i)), bytes);
    const auto own = static_cast<std::int32_t>(i);
    const std::int32_t seen = first.try_emplace(Hash64(0, content), own).first->second;
    const bool equal =
        std::memcmp(rows.row(static_cast<std::size_t>(seen)), rows.row(i), bytes) == 0;
    rows.equal_class[i] = equal ? seen : own;
  }
}

}  // namespace

template <class Scalar>
Result<UnitRows> MakeUnitRows(std::span<const Scalar> embeddings, std::size_t dimensions,
                              std::span<const std::int32_t> identities) {
  const std::size_t n = identities.size();
  if (n > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max()))
    return Invalid("there are " + std::to_string(n) +
                   " embeddings; at most 2147483647 are allowed");
  if (dimensions == 0 || embeddings.size() % dimensions != 0 || embeddings.size() / dimensions != n)
    return Invalid("there are " + std::to_string(n) + " identities for " +
                   std::to_string(embeddings.size()) + " numbers in rows of " +
                   std::to_string(dimensions) + "; each identity needs one row");
  UnitRows rows;
  rows.dimensions = dimensions;
  OrderByIdentity(identities, rows);
  rows.exact.resize(embeddings.size());
  for (std::size_t i = 0; i < n; ++i)
    std::copy_n(embeddings.begin() + static_cast<std::ptrdiff_t>(rows.source[i] * dimensions),
                dimensions, rows.exact.begin() + static_cast<std::ptrdiff_t>(i * dimensions));
  std::size_t first_bad = n;
  for (std::size_t i = 0; i < n; ++i)
    if (!Normalize(rows.exact.data() + i * dimensions, dimensions))
      first_bad = std::min(first_bad, rows.source[i]);
  if (first_bad < n)
    return Invalid("the embedding in row " + std::to_string(first_bad) +
                   " (counted from 0) is all zero or holds NaN or infinity; it has no direction "
                   "to rank by");
  rows.rounded.assign(rows.exact.begin(), rows.exact.end());
  FindEqualRows(rows);
  return rows;
}

template Result<UnitRows> MakeUnitRows<float>(std::span<const float>, std::size_t,
                                              std::span<const std::int32_t>);
template Result<UnitRows> MakeUnitRows<double>(std::span<const double>, std::size_t,
                                               std::span<const std::int32_t>);

}  // namespace faretto
