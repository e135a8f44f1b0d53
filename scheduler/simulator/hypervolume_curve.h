// Hypervolume over virtual time and over epochs.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "scheduler/simulator/simulator.h"

namespace faretto {

struct CurvePoint {
  double virtual_s = 0;
  double spent_resource = 0;
  std::int64_t completed = 0;         // trials at max_resource so far
  std::int64_t front = 0;             // of them on the front
  std::optional<double> hypervolume;  // nothing where the study has no reference point
};

// At most `most` points (at least 2), evenly spread over the completed trials; the first and the
// last completion are among them. `view`: the study after the simulation; its reference point holds
// for the whole curve. Failed and infeasible trials count as completed and are not on the front.
std::vector<CurvePoint> HypervolumeCurve(const StudyView& view,
                                         const std::vector<SimulatedCompletion>& completions,
                                         std::size_t most);

}  // namespace faretto
