"""Syne Tune's multi-objective methods, as published and with one error corrected.

Syne Tune 0.16 gives `nondominated_sort`, the *indices* in sorted order, where its evolution and MO-ASHA read a *rank
for each trial*; and inside a layer it indexes with ranks where the order is meant. `CorrectedPriority` gives ranks.
"""
import numpy as np
from syne_tune import config_space as cs
from syne_tune.optimizer.schedulers.multiobjective.multi_objective_regularized_evolution import (
    MultiObjectiveRegularizedEvolution)
from syne_tune.optimizer.schedulers.multiobjective import non_dominated_priority
from syne_tune.optimizer.schedulers.multiobjective.multiobjective_priority import MOPriority, NonDominatedPriority

import translate


# Two functions of Syne Tune with the same results in less time: a thousand trials in a rung would take minutes otherwise.

def pareto_efficient(points):
    """For two objectives: no point is at most as large in both and smaller in one. O(n log n)."""
    order = np.lexsort((points[:, 1], points[:, 0]))
    first, second = points[order].T
    starts = np.searchsorted(first, first)  # where the points with an equal first objective begin
    before = np.concatenate([[np.inf], np.minimum.accumulate(second)])[starts]
    mask = np.empty(len(points), bool)
    mask[order] = (second < before) & (second == second[starts])
    return mask


def compute_epsilon_net(points, dim=None):
    """O(n^2) instead of O(n^3)."""
    ranks = np.full(len(points), -1)
    chosen = np.random.choice(len(points)) if dim is None else int(np.argmin(points, axis=0)[dim])
    distances = np.full(len(points), np.inf)
    for rank in range(len(points)):
        ranks[chosen] = rank
        distances = np.minimum(distances, np.linalg.norm(points - points[chosen], axis=-1))
        chosen = int(np.where(ranks < 0, distances, -1.0).argmax())
    return ranks


non_dominated_priority.pareto_efficient = pareto_efficient
non_dominated_priority.compute_epsilon_net = compute_epsilon_net


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
    return translate.plain(kept)


class Evolution:
    """Multi-objective regularised evolution. Failures and violated constraints have the worst values so far."""

    def __init__(self, problem, seed, corrected):
        np.random.seed(seed)  # Its random configurations come from numpy's global state, whatever `random_seed` says.
        self._problem, self._worst, self._count = problem, translate.Worst(problem), 0
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
