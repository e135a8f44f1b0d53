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
// resource as well; and as much of a budget of resource is kept back as the first trial at the top
// needs, so that many workers do not spend it all on low rungs.
//
// Where a model of resources exists (searcher "bo"), it decides instead, for all rungs at once: the
// waiting trial with the highest price goes on (scheduler/surrogates/value_for_cost.h), unless that
// of the searcher's next configuration is higher. So a trial that looks worse than expected at a
// low rung may wait for ever. Until there are enough results at full resource for a model to
// decide, trials go on by the hypervolume that they add, the first one early. And where many
// workers would spend `budget.resource` before there are many results at the top, some of them
// wait: at most budget / (3 max_resource) train at once, or 16 if that is more.
#pragma once

#include "scheduler/fidelity/policy.h"

namespace faretto {

class AshaPolicy : public FidelityPolicy {
 public:
  Decision Decide(const StudyView& view, bool can_create, bool priced = false) const override;
};

}  // namespace faretto
