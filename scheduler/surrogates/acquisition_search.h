// Where an acquisition function is largest: among all one-exchange neighbours of the front and
// draws from the whole space, then by local search from the best of them (gradients for continuous
// parameters, exchanges for all). A small finite space is enumerated. Thread safety: pure
// functions.
#pragma once

#include <optional>

#include "base/random.h"
#include "scheduler/surrogates/acquisition_function.h"
#include "study/suggestion.h"

namespace faretto {

struct AcquisitionMaximum {
  Configuration configuration;
  double log_value = 0;
};

// A configuration that no trial has; nothing if none was found.
std::optional<AcquisitionMaximum> MaximiseAcquisition(const StudyView& view,
                                                      const AcquisitionFunction& acquisition,
                                                      RandomStream& random);

}  // namespace faretto
