// Policy "full": every trial is trained once, to the top resource.
#pragma once

#include "scheduler/fidelity/policy.h"

namespace faretto {

class FullPolicy : public FidelityPolicy {
 public:
  Decision Decide(const StudyView& view, bool can_create, bool priced = false) const override;
};

}  // namespace faretto
