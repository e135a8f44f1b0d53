// SQL of the views that depend on the study: `candidates`, `pareto`, `best` (docs/store.md).
#pragma once

#include <string>

#include "study/study_spec.h"

namespace faretto {

// candidates: trials that can be on the front, with their values at max_resource: not failed, all
// objectives reported, constraints met. pareto: those that no other dominates (strictly; equal
// values are all in). best: for each objective the trials with the best value.
std::string StudyViews(const StudySpec& spec);

// Text as an SQL name or literal.
std::string SqlName(const std::string& text);
std::string SqlText(const std::string& text);

}  // namespace faretto
