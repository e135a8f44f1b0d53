"""Fifteen further problems with two objectives, for judging a change where it was not made.

    .deps/peers/venv/bin/python benchmarks/peers/families.py    # finds the largest hypervolumes again (BEST, minutes)

They are used as those of problems.py, and nothing is tuned on them. All constants follow from `spread`, a rule that
anybody can repeat; objectives are minimised and nothing is noisy.

The reference point of a problem is the 90 % quantile of each objective over 2,000 uniform configurations (those that
neither fail nor violate a constraint). Its largest hypervolume is that of the whole table where there is one, else what
`search` below finds, so a share may end a little above 1. `run --problems families` is for all of them.
"""
import bisect
import functools
import itertools
import math
import random
import statistics

import problems

spread = problems._spread

# As this file prints them.
BEST = {"mixed_a": 1.57101, "mixed_b": 1.62701, "mixed_c": 1.67913, "mixed_failing": 1.33208, "mixed_constrained": 1.24032,
        "table_6": 2.89219, "table_8": 4.63391, "table_9": 3.68916, "cell_5": 0.670127, "cell_4": 1.26543,
        "algorithms_4": 1.34244, "algorithms_6": 1.27837, "styblinski_tang": 51573.8, "levy": 9264.12, "rastrigin": 5589.92}


class Family(problems.Problem):
    """A problem whose reference point and largest hypervolume are found from its values."""

    def prepare(self):
        source = random.Random(0)
        points = filter(None, (self.point(draw(self, source)) for _ in range(2000)))
        self.reference = tuple(statistics.quantiles(values, n=10)[-1] for values in zip(*points))
        self.best = BEST.get(self.name, 1.0)
        return self

    def point(self, config):
        """The objectives, or None where the configuration fails or violates a constraint."""
        values = self.evaluate(config)
        if values is None or any(values[c] > 0 for c in self.constraints):
            return None
        return tuple(values[n] for n in self.objectives)


def categories(names, count):
    return [{"name": n, "type": "categorical", "choices": [f"{n}{i}" for i in range(count)]} for n in names]


# --- `mixed` with other constants -------------------------------------------------------------------------------------

class OtherMixed(Family, problems.Mixed):
    """`mixed`, whose constants are those of categories with other numbers."""

    def __init__(self, shift):
        super().__init__()
        self._shift = shift

    def codes(self, config):
        return [self._shift + choices.index(config[n]) for n, choices in self.choices.items()]

    def evaluate(self, config):
        c, depth = self.codes(config), config["depth"]
        error, cost = self.values(c, depth, config["width"], config["x"])
        error += 0.06 * (math.log10(config["lr"]) - self.best_log_rate(c, depth)) ** 2
        error += 0.5 * (config["decay"] - self.best_decay(c)) ** 2
        return {"f1": float(error), "f2": float(cost)}


class FailingMixed(OtherMixed):
    """Large networks fail ("out of memory"), dense and dual ones at a smaller size; a high rate with Adam diverges."""

    def evaluate(self, config):
        size = math.log2(config["width"]) + 0.5 * config["depth"]
        if size > (8.0 if config["block"] in ("dense", "dual") else 9.5):
            return None
        if config["optimizer"] in ("adam", "adamw") and config["lr"] > 0.1:
            return None
        return super().evaluate(config)


class ConstrainedMixed(OtherMixed):
    """The latency has a bound: it grows with depth more than with width, and by the categories' own constants."""

    constraints = ("c1",)

    def evaluate(self, config):
        c = self.codes(config)
        own = spread("latency", c[0], c[1]) + spread("latency", c[2], c[4])
        latency = 0.12 * config["depth"] + 0.05 * math.log2(config["width"]) + 0.3 * own
        return {**super().evaluate(config), "c1": latency - 0.85}


# --- tables -----------------------------------------------------------------------------------------------------------

class SmoothTable(Family):
    """Ordered choices and categories. The error is a bowl along each ordered choice, whose middle depends on a
    category, plus constants of the categories and of neighbouring pairs of them; the cost rises along the ordered
    choices."""

    def __init__(self, salt, ordered, steps, sizes):
        self._salt = salt
        self.parameters = [{"name": f"o{i}", "type": "ordinal", "choices": list(range(steps))} for i in range(ordered)]
        for i, size in enumerate(sizes):
            self.parameters += categories([f"c{i}_"], size)

    def evaluate(self, config):
        z = [config[p["name"]] / (len(p["choices"]) - 1) for p in self.parameters if p["type"] == "ordinal"]
        c = [p["choices"].index(config[p["name"]]) for p in self.parameters if p["type"] == "categorical"]
        salt, error, cost = self._salt, 0.0, 0.0
        for i, v in enumerate(z):
            middle = 0.3 + 0.7 * spread(salt, "middle", i, c[i % len(c)])
            error += (0.4 + spread(salt, "width", i)) * (v - middle) ** 2
            cost += (0.2 + 0.8 * spread(salt, "price", i)) * v
        for i, v in enumerate(c):
            error += 0.3 * spread(salt, "alone", i, v) + 0.3 * spread(salt, "pair", i, v, c[(i + 1) % len(c)])
            cost += 0.4 * spread(salt, "cost", i, v)
        return {"f1": error, "f2": cost * (1 + 0.2 * z[0] * z[-1])}


class Cell(Family):
    """Six edges with an operation each, as a cell of an architecture: operations help by themselves and beside the
    next edge's, early edges more; they cost the more the later the edge."""

    def __init__(self, salt, operations):
        self._salt = salt
        self.parameters = categories([f"edge{i}_" for i in range(6)], operations)

    def evaluate(self, config):
        c = [p["choices"].index(config[p["name"]]) for p in self.parameters]
        salt, error, cost = self._salt, 0.0, 0.0
        for i, v in enumerate(c):
            error += (1 - 0.1 * i) * spread(salt, "help", v) + 0.4 * spread(salt, "edge", i, v)
            error += 0.5 * spread(salt, "next", v, c[(i + 1) % 6])
            cost += (1 + 0.15 * i) * (1.2 - spread(salt, "help", v)) * spread(salt, "size", v)
        return {"f1": error / 6, "f2": cost}


# --- a choice of an algorithm -----------------------------------------------------------------------------------------

class Algorithms(Family):
    """Each algorithm brings parameters of its own, and has an error that more training lowers down to its floor, at
    its own price. The preparation of the data is common to all."""

    def __init__(self, salt, algorithms, own):
        self._salt, self._own = salt, own
        self.parameters = categories(["algorithm"], algorithms) + categories(["preparation"], 3)
        self.parameters.append({"name": "budget", "type": "int", "low": 1, "high": 100, "log": True})
        self.conditions = []
        for a in range(algorithms):
            for i in range(own):
                self.parameters.append({"name": f"p{a}_{i}", "type": "float", "low": 0.0, "high": 1.0})
                self.conditions.append({"parameter": f"p{a}_{i}", "active_when": {"algorithm": [f"algorithm{a}"]}})

    def evaluate(self, config):
        a, preparation = int(config["algorithm"][-1]), int(config["preparation"][-1])
        salt, effort = self._salt, math.log10(config["budget"]) / 2
        error = 0.3 * spread(salt, "floor", a) + 0.2 * spread(salt, "fits", a, preparation)
        error += 0.6 * math.exp(-(1 + 3 * spread(salt, "speed", a)) * effort)
        cost = 2 * effort + spread(salt, "price", a) + 0.3 * spread(salt, "preparation", preparation)
        for i in range(self._own):
            value = config[f"p{a}_{i}"]
            middle = 0.2 + 0.6 * spread(salt, "middle", a, i) + (0.1 * effort if i == 0 else 0)
            error += (0.3 + 0.7 * spread(salt, "width", a, i)) * (value - middle) ** 2
            cost += 0.4 * spread(salt, "pays", a, i) * value
        return {"f1": error, "f2": cost}


# --- pairs of functions -----------------------------------------------------------------------------------------------

def styblinski_tang(x):
    return sum(v**4 - 16 * v**2 + 5 * v for v in x) / 2


def levy(x):
    w = [1 + (v - 1) / 4 for v in x]
    inner = sum((v - 1) ** 2 * (1 + 10 * math.sin(math.pi * v + 1) ** 2) for v in w[:-1])
    return math.sin(math.pi * w[0]) ** 2 + inner + (w[-1] - 1) ** 2 * (1 + math.sin(2 * math.pi * w[-1]) ** 2)


def rastrigin(x):
    return sum(v**2 - 10 * math.cos(2 * math.pi * v) + 10 for v in x)


class Pair(Family):
    """The same function twice, the second time with its minimum elsewhere."""

    def __init__(self, function, dimensions, bound, moved):
        self.parameters = problems._floats([f"x{i}" for i in range(1, dimensions + 1)], -bound, bound)
        self._function, self._moved = function, moved

    def evaluate(self, config):
        x = [config[p["name"]] for p in self.parameters]
        return {"f1": self._function(x), "f2": self._function(self._moved(x))}


MAKERS = {
    "mixed_a": lambda: OtherMixed(10),
    "mixed_b": lambda: OtherMixed(20),
    "mixed_c": lambda: OtherMixed(30),
    "mixed_failing": lambda: FailingMixed(40),
    "mixed_constrained": lambda: ConstrainedMixed(50),
    "table_6": lambda: SmoothTable("t6", 4, 6, [3, 3]),
    "table_8": lambda: SmoothTable("t8", 5, 5, [3, 3, 2]),
    "table_9": lambda: SmoothTable("t9", 6, 4, [2, 2, 2]),
    "cell_5": lambda: Cell("c5", 5),
    "cell_4": lambda: Cell("c4", 4),
    "algorithms_4": lambda: Algorithms("a4", 4, 3),
    "algorithms_6": lambda: Algorithms("a6", 6, 2),
    "styblinski_tang": lambda: Pair(styblinski_tang, 4, 5.0, lambda x: [-v for v in reversed(x)]),
    "levy": lambda: Pair(levy, 4, 10.0, lambda x: [v - 3 for v in x]),
    "rastrigin": lambda: Pair(rastrigin, 3, 5.12, lambda x: [v - 1.5 for v in x]),
}


@functools.cache
def problem(name):
    made = MAKERS[name]()
    made.name = name
    return made.prepare()


# --- the largest hypervolumes -----------------------------------------------------------------------------------------

def scale(p, value):
    return math.log(value) if p.get("log") else value


def from_unit(p, unit):
    value = scale(p, p["low"]) + (scale(p, p["high"]) - scale(p, p["low"])) * unit
    value = min(max(math.exp(value) if p.get("log") else value, p["low"]), p["high"])
    return round(value) if p["type"] == "int" else value


def draw(made, source, like=None, chance=1.0):
    """A uniform configuration; with `like` one that takes each of its values unless `chance` has it drawn or moved."""
    config = {}
    for p in made.parameters:
        name = p["name"]
        if not made.is_active(name, config):
            continue
        known = like is not None and name in like
        if known and source.random() >= chance:
            config[name] = like[name]
        elif "choices" in p:
            config[name] = source.choice(p["choices"])
        elif not known or source.random() < 0.2:
            config[name] = from_unit(p, source.random())
        else:
            low, high = scale(p, p["low"]), scale(p, p["high"])
            unit = (scale(p, like[name]) - low) / (high - low) + source.gauss(0, 10 ** -source.uniform(1, 4))
            config[name] = from_unit(p, min(max(unit, 0), 1))
    return config


class Front:
    """Non-dominated points, the first objective rising, with their configurations."""

    def __init__(self):
        self.points, self.configs = [], []

    def add(self, point, config):
        at = bisect.bisect_left(self.points, point)
        if (at < len(self.points) and self.points[at] == point) or (at and self.points[at - 1][1] <= point[1]):
            return
        end = at
        while end < len(self.points) and self.points[end][1] >= point[1]:
            end += 1
        self.points[at:end], self.configs[at:end] = [point], [config]


def search(made, evaluations=120_000):
    """The whole table where there are no numbers, else a random search that then changes members of the front."""
    front, source = Front(), random.Random(1)

    def proposals():
        if all("choices" in p for p in made.parameters):
            for values in itertools.product(*(p["choices"] for p in made.parameters)):
                yield {p["name"]: value for p, value in zip(made.parameters, values)}
            return
        for i in range(evaluations):
            like = source.choice(front.configs) if i >= evaluations // 10 else None
            yield draw(made, source, like, 1.5 / len(made.parameters))

    for config in proposals():
        point = made.point(config)
        if point:
            front.add(point, config)
    return problems.hypervolume(front.points, made.reference)


if __name__ == "__main__":
    for each in MAKERS:
        print(f'    "{each}": {search(problem(each)):.6g},', flush=True)
