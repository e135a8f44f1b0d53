"""The largest hypervolumes that problems.py states as numbers, and how they are got.

    .deps/peers/venv/bin/python benchmarks/peers/fronts.py

mixed, conditional: every combination of categories and integers, each with its learning rates and other children at
their best values, which the functions state; x of `mixed` on a grid of 101 values. branin_currin: a grid, then twice
a finer one around each point of the front, and the limit of these three by extrapolation.
"""
import itertools

import numpy as np

import problems


def front(values):
    """The non-dominated rows of (n, 2)."""
    order = np.lexsort((values[:, 1], values[:, 0]))
    sorted_values = values[order]
    below = np.minimum.accumulate(sorted_values[:, 1])
    keep = np.concatenate([[True], sorted_values[1:, 1] < below[:-1]])
    return order[keep]


def area(values, reference):
    return problems.hypervolume(values[front(values)].tolist(), reference)


def mixed():
    problem = problems.problem("mixed")
    depth, width, x = (a.ravel() for a in np.meshgrid(np.arange(1, 9), np.arange(8, 257), np.linspace(0, 1, 101), indexing="ij"))
    kept = []
    for c in itertools.product(*(range(len(v)) for v in problem.choices.values())):
        values = np.stack(problem.values(c, depth, width, x), axis=1)
        kept.append(values[front(values)])
    return area(np.concatenate(kept), problem.reference)


def conditional():
    problem = problems.problem("conditional")
    layers, width, history = (a.ravel() for a in np.meshgrid(np.arange(1, 7), np.arange(16, 513), np.arange(2, 21), indexing="ij"))
    kept = []
    for choice in itertools.product(*problem.choices.values()):
        kept.append(np.stack(problem.values(*choice, layers, width, history), axis=1))
    return area(np.concatenate(kept), problem.reference)


def branin_currin():
    problem = problems.problem("branin_currin")
    axis = np.linspace(0, 1, 4001)
    points = np.stack([a.ravel() for a in np.meshgrid(axis, axis, indexing="ij")], axis=1)
    step, found = axis[1], 0.0
    for _ in range(3):
        values = np.stack(problem.values(points[:, 0], points[:, 1]), axis=1)
        keep = front(values)
        last, found = found, area(values, problem.reference)
        print(f"  branin_currin: step {step:.1e}, {len(keep)} points, {found:.8f}")
        step /= 4
        around = np.stack([a.ravel() for a in np.meshgrid(*[np.arange(-4, 5) * step] * 2, indexing="ij")], axis=1)
        points = np.unique(np.clip((points[keep][:, None] + around).reshape(-1, 2), 0, 1), axis=0)
    # What a step misses is proportional to it (each fourth step missed a fourth), so the rest is a third of the last gain.
    return found + (found - last) / 3


if __name__ == "__main__":
    for search in (conditional, branin_currin, mixed):
        print(f"{search.__name__} {search():.8f}")
