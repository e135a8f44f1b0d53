#include "scheduler/suggest/choose.h"

namespace faretto {

std::string ChooseSearcher(const StudyView& /*view*/) { return "nsga2"; }

}  // namespace faretto
