// Which searcher a study gets whose file names none.
#pragma once

#include <string>

#include "study/suggestion.h"

namespace faretto {

// A name in scheduler/searchers' registry, as a function of the view. Thread safety: a pure
// function.
std::string ChooseSearcher(const StudyView& view);

}  // namespace faretto
