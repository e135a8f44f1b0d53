// The pictures of the HTML report. For this folder's sources only.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "results/queries/queries.h"
#include "results/store/history.h"

namespace faretto {

// Objectives `a` (across) and `b` (up) of every trial, the front as a step line, reference lines as
// diamonds. An SVG with its legend; empty if no trial has both values.
std::string FrontChart(const StudyView& study, const Front& front,
                       const std::vector<BaselineRow>& baselines, std::size_t a, std::size_t b);

// Hypervolume of the front after each report at max_resource, over the resource spent until then;
// empty without a reference point or without such a report.
std::string HypervolumeChart(const StudyView& study, const StudyHistory& history);

}  // namespace faretto
