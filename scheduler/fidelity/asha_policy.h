// Policy "asha": asynchronous successive halving (Li, Jamieson, Rostamizadeh, Gonina, Ben-tzur,
// Hardt, Recht, Talwalkar, "A system for massively parallel hyperparameter tuning", MLSys 2020)
// with several objectives ranked by Pareto layers and crowding (after Schmucker, Donini, Zafar,
// Salinas, Archambeau, "Multi-objective asynchronous successive halving", 2021).
//
// It promotes and does not stop: a trial that reached a rung pauses there with its checkpoint. From
// the top rung down, the best floor(n / reduction_factor) of the n trials at a rung may go on; of
// those that did not yet, the best goes first. If there is none, a new trial starts at the lowest
// rung. Failed trials count in n, rank last and never go on. When no trial can be created any more
// and nothing runs, at least one trial of every rung goes on, so that a short study ends at the top
// resource as well; and of a budget of resource as much is kept back as the first trial at the top
// needs, so that many workers do not spend it all on low rungs.
//
// Where a model of resources exists (searcher "bo"), it decides instead, for all rungs at once: the
// waiting trial goes on whose expected hypervolume improvement at full resource is largest for what
// it still costs (scheduler/surrogates/promotion_values.h), unless the searcher's next
// configuration promises more for the cost of a whole training. So a trial that looks worse than
// expected at a low rung waits for good, and where low rungs say little most trials go on at once.
// Such a study also sends the first trial of every rung on, so that the model sees all rungs early.
#pragma once

#include "scheduler/fidelity/policy.h"

namespace faretto {

class AshaPolicy : public FidelityPolicy {
 public:
  Decision Decide(const StudyView& view, bool can_create, bool priced = false) const override;
};

}  // namespace faretto
