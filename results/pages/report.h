// A study as one HTML page that needs nothing from outside: facts, the Pareto front drawn,
// hypervolume over the resource spent, tables of the front, the trials, the reference lines and the
// failures.
#pragma once

#include <string>

#include "results/store/history.h"
#include "study/suggestion.h"

namespace faretto {

// Every text of the study is escaped. Works at any time, also before the first report.
std::string HtmlReport(const StudyView& study, const StudyHistory& history);

}  // namespace faretto
