// The tables of the HTML report. For this folder's sources only.
#pragma once

#include <string>
#include <vector>

#include "results/queries/queries.h"
#include "results/store/history.h"

namespace faretto {

std::string FrontTableHtml(const Front& front);
std::string BaselineTableHtml(const Front& front, const std::vector<BaselineRow>& baselines);
// Retrainings and evaluations: one row a job.
std::string JobTableHtml(const StudyView& study, const std::vector<Job>& jobs);
std::string TrialTableHtml(const StudyView& study, const Front& front);
std::string FailureTableHtml(const StudyHistory& history);

}  // namespace faretto
