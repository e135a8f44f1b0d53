// Policy "hyperband": the brackets of Hyperband (Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar,
// JMLR 18, 2018) in the form of SMAC3's intensifier, whose table is study/rungs.h.
//
// Brackets are opened one after the other, over and over: bracket number b follows row b mod (rows)
// of the table, and Trial::bracket holds b. A stage waits for all its members; then as many as the
// next stage has places for go on from their checkpoints (stage_promotion.h). Idle workers fill the
// oldest bracket that has free places and open the next one when there is none. A failed member
// keeps its slot, ranks last and never goes on. When no trial can be created any more, brackets
// that are not full go on with the members that they have, in proportion and at least one. As much
// of a budget of resource is kept back as brings one trial to the top (allowance.h); when nothing
// else is left, brackets go on as they are.
#pragma once

#include "scheduler/fidelity/policy.h"

namespace faretto {

class HyperbandPolicy : public FidelityPolicy {
 public:
  Decision Decide(const StudyView& view, bool can_create, bool priced = false) const override;
};

}  // namespace faretto
