"""What drivers of several packages share: configurations and outcomes in the form that a package understands."""


def plain(config):
    """numpy's scalars as Python's, so that a configuration compares and prints alike whoever made it."""
    return {k: v.item() if hasattr(v, "item") else v for k, v in config.items()}


class Worst:
    """What to tell a package that knows no failures or no constraints: the worst value of each objective so far."""

    def __init__(self, problem):
        self._problem, self._worst = problem, list(problem.reference)

    def __call__(self, values):
        if values is None or any(values[n] > 0 for n in self._problem.constraints):
            return list(self._worst), True
        told = [values[n] for n in self._problem.objectives]
        self._worst = [max(a, b) for a, b in zip(self._worst, told)]
        return told, False
