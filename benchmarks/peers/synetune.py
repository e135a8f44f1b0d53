"""Syne Tune's multi-objective methods, as published and with one error corrected.

Syne Tune 0.16 gives `nondominated_sort`, the *indices* in sorted order, where its evolution and MO-ASHA read a *rank
for each trial*; and inside a layer it indexes with ranks where the order is meant. `CorrectedPriority` gives ranks.
"""
import numpy as np
from syne_tune import config_space as cs
from syne_tune.optimizer.schedulers.multiobjective.multi_objective_regularized_evolution import (
    MultiObjectiveRegularizedEvolution)
from syne_tune.optimizer.schedulers.multiobjective.multiobjective_priority import MOPriority, NonDominatedPriority
from syne_tune.optimizer.schedulers.multiobjective.non_dominated_priority import compute_epsilon_net, pareto_efficient

import peers


class CorrectedPriority(MOPriority):
    """The rank of each trial: layer by layer, within a layer in the order of the epsilon net."""

    def priority_unsafe(self, objectives):
        ranks, left, start = np.empty(len(objectives), int), np.arange(len(objectives)), 0
        while left.size:
            efficient = pareto_efficient(objectives[left])
            layer = left[efficient]
            ranks[layer] = start + compute_epsilon_net(objectives[layer], dim=0)
            start, left = start + layer.size, left[~efficient]
        return ranks


def priority(corrected):
    return CorrectedPriority() if corrected else NonDominatedPriority()


def space(problem):
    """It knows no conditions: every parameter always has a value, and inactive ones do not count."""
    made = {}
    for p in problem.parameters:
        if "choices" in p:
            made[p["name"]] = (cs.choice if p["type"] == "categorical" else cs.ordinal)(p["choices"])
        elif p["type"] == "int":
            made[p["name"]] = (cs.lograndint if p.get("log") else cs.randint)(p["low"], p["high"])
        else:
            made[p["name"]] = (cs.loguniform if p.get("log") else cs.uniform)(p["low"], p["high"])
    return made


def active(problem, config):
    kept = {}
    for p in problem.parameters:
        if problem.is_active(p["name"], kept):
            kept[p["name"]] = config[p["name"]]
    return peers.plain(kept)


class Evolution:
    """Multi-objective regularised evolution. Failures and violated constraints have the worst values so far."""

    def __init__(self, problem, seed, corrected):
        np.random.seed(seed)  # Its random configurations come from numpy's global state, whatever `random_seed` says.
        self._problem, self._worst, self._count = problem, peers.Worst(problem), 0
        self._searcher = MultiObjectiveRegularizedEvolution(space(problem), multiobjective_priority=priority(corrected),
                                                            random_seed=seed)

    def ask(self):
        config = self._searcher.suggest()
        return config, active(self._problem, config)

    def tell(self, config, values):
        self._searcher.on_trial_complete(self._count, config, self._worst(values)[0])
        self._count += 1

    def close(self):
        pass
