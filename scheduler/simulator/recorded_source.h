// Simulated training by an earlier study: its trials stand in for the ones to come.
//
// For every resource the values are those of one recorded trial: the one with exactly this
// configuration if it was trained that far, else the nearest of those that were. Distance: the sum
// over the parameters of the difference in the unit interval (numbers and ordered choices, on their
// scale), 1 for categories that differ and for parameters that are active in only one of the two;
// of equally near ones the oldest. A recorded failure stands for the resources that the failed
// trial did not reach: what is nearest to it fails with its reason. Values at a resource at which
// the recorded trial did not report are those of its report before it.
// The cost is the recorded one, spread evenly between reports; a unit of resource costs 1 where no
// cost was recorded. O(trials * parameters) a report.
#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"
#include "scheduler/simulator/training_source.h"
#include "study/study_spec.h"

namespace faretto {

// kInvalid: no study in the folder, no trial in it that fits the space and has every objective, or
// none that was trained to the study's max_resource.
Result<std::unique_ptr<TrainingSource>> MakeRecordedSource(const StudySpec& spec,
                                                           const std::filesystem::path& dir);

// The same from a study's trials.
Result<std::unique_ptr<TrainingSource>> MakeRecordedSource(const StudySpec& spec,
                                                           const std::vector<Trial>& trials);

}  // namespace faretto
