// Curve measures of the FR-NAS notebook `BPC.ipynb`: bias per cumulative-rank curve.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace faretto {

// Mean over i = 0 .. max(ranks) - 1 of the share of ranks at most i: the area under the cumulative
// rank curve without its last point. Nothing for no ranks, a negative rank, or when all are 0.
std::optional<double> RankCurveMean(std::span<const std::int32_t> ranks);

// What is compared between models: bias = |curve(first group) - curve(second)|, tpr = curve(both
// together).
struct CurveMeasures {
  double bias = 0;
  double tpr = 0;
};
std::optional<CurveMeasures> MeasureCurves(std::span<const std::int32_t> first,
                                           std::span<const std::int32_t> second);

// BPC = (bias - bias_ref) / bias - (tpr - tpr_ref) / tpr, with the model's own values as
// denominators; the original plots -BPC, to be minimised. Nothing if a denominator is 0.
std::optional<double> Bpc(const CurveMeasures& model, const CurveMeasures& reference);

}  // namespace faretto
