// What `faretto simulate` prints. Nothing in it depends on wall time.
#pragma once

#include <cstddef>
#include <string>

#include "results/queries/format.h"
#include "scheduler/simulator/simulator.h"

namespace faretto {

// table: facts, a thinned curve and the front; json: all of that; csv: the curve.
// `source`: what took the place of training.
std::string SimulationText(const StudyView& study, const Simulation& done, std::size_t workers,
                           const std::string& source, OutputFormat format);

}  // namespace faretto
