"""Multi-fidelity search with 1, 8 and 64 simulated workers: hypervolume over epochs; started by `run fidelity`.

Learning curves by rule (`Curves`), because the tables hold final values only: at 27 epochs a configuration has its
value of problems.py, so that full-fidelity runs (27 epochs an evaluation) are those of the main comparison. Before, the
error is higher by gap * (r^-speed - 27^-speed). Gap and speed are sums over the parameters of constants of each
parameter's value, so that curves cross, and a model can learn why; a little that depends on the whole configuration
comes on top. On zdt1 and branin_currin both objectives have curves; on the others the first (time and size are known
from the first epoch on).

An epoch takes 0.75 to 1.25 units of time, by configuration. A trial continues where it stopped, whoever schedules it:
from 3 to 9 costs 6 epochs. Only values at 27 epochs count for the hypervolume. Runs are kept in results/fidelity.
"""
import argparse
import csv
import heapq
import json
import os
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass

import numpy as np

import archive
import peers
import problems
import translate

FULL, FACTOR = 27, 3
# Epochs in all for each number of workers: with 64 of them a few hundred are under way before anything is finished.
EPOCHS = {1: 1350, 8: 1350, 64: 4050}
PROBLEMS = ["protein", "zdt1", "mixed", "nas_cifar100", "mlp_phoneme"]
WORKERS = list(EPOCHS)
# `clock`: units of time until so many epochs were finished, empty where it was not kept.
COLUMNS = ["problem", "workers", "seed", "epochs", "share", "trials", "seconds", "clock"]
RESULTS = os.path.join(archive.RESULTS, "fidelity")
FULL_EPOCHS = FULL * archive.EVALUATIONS
THIRD = FULL_EPOCHS // 3
# Faretto with a budget of resource in its study file: a third of what Optuna's full trainings take.
TOLD_BUDGET = "-third"
only_epochs = None  # of every run, as --epochs says


def budget(method, workers):
    if only_epochs:
        return only_epochs
    if method.endswith(TOLD_BUDGET):
        return THIRD
    if method == "faretto-auto" and workers == 64:
        return FULL_EPOCHS // 2  # beyond, a run takes many minutes and decides nothing
    return FULL_EPOCHS if method.endswith("-full") else EPOCHS[workers]


def kept(epochs):
    return [epochs * i // 25 for i in range(1, 26)]


def shown(workers):
    return [EPOCHS[workers] * i // 5 for i in (1, 2, 3, 5)]


class Curves:
    """A problem of problems.py with a value at every resource."""

    def __init__(self, problem):
        self.problem = problem
        self._curved = ("f1", "f2") if problem.name in ("zdt1", "branin_currin") else ("f1",)
        # What the curves' gaps are measured in: for the functions the way from the origin to the reference point.
        low = [v[0] for v in problem._values.values()] if hasattr(problem, "_values") else [0.0]
        self._scale = {"f1": problem.reference[0] - min(low), "f2": problem.reference[1]}

    def _parts(self, config, salt):
        """In [0, 1): the mean over the parameters of a constant of the value, numbers in eight cells."""
        parts = []
        for i, p in enumerate(self.problem.parameters):
            if p["name"] in config:
                value = config[p["name"]]
                if "choices" in p:
                    cell = p["choices"].index(value)
                else:
                    low, high = p["low"], p["high"]
                    if p.get("log"):
                        value, low, high = np.log([value, low, high])
                    cell = min(7, int(8 * (value - low) / (high - low)))
                parts.append(problems._spread(salt, i, cell))
        return float(np.clip(0.5 + 2 * (np.mean(parts) - 0.5), 0, 1))

    def unit(self, config):
        """Time of one epoch."""
        return 0.75 + 0.5 * problems._spread("time", json.dumps(config, sort_keys=True))

    def evaluate(self, config, resource):
        values = self.problem.evaluate(config)
        for name in self._curved if resource < FULL else ():
            speed = 0.4 + 0.8 * self._parts(config, name + "speed")
            gap = self._scale[name] * (0.2 + 0.6 * self._parts(config, name + "gap"))
            own = 0.9 + 0.2 * problems._spread(name, json.dumps(config, sort_keys=True))
            values[name] += own * gap * (resource**-speed - FULL**-speed)
        return values


@dataclass
class Job:
    """Train `config` from `start` to `stop` epochs; `handle` is the method's own."""
    handle: object
    config: dict
    start: int
    stop: int


class Faretto:
    """`faretto ask-tell` with policy `asha` unless the algorithm says otherwise."""

    def __init__(self, problem, seed, name, program, algorithm):
        searcher, told = peers.parts(name.removesuffix(TOLD_BUDGET))
        merged = {"fidelity": "asha", "min_resource": 1, "max_resource": FULL, "reduction_factor": FACTOR, **(algorithm or {})}
        if searcher != "auto":
            merged = {"searcher": searcher, **merged}
        self._peer = peers.Faretto(problem, seed, program, merged, told, THIRD if name.endswith(TOLD_BUDGET) else None)

    def next_job(self):
        answer = self._peer.say({"op": "ask"})
        self.finished = answer.get("finished", False)
        if not answer["trials"]:
            return None
        t = answer["trials"][0]
        return Job(t["id"], t["params"], t["previous_resource"], t["resource"])

    def finish(self, job, values):
        self._peer.tell(job.handle, values)

    def close(self):
        self._peer.close()


class MoAsha:
    """Syne Tune's MO-ASHA: random configurations; after 1, 3 and 9 epochs a trial goes on or stops for good."""

    def __init__(self, problem, seed, corrected):
        import synetune
        from syne_tune.optimizer.schedulers.multiobjective.moasha import MOASHA
        np.random.seed(seed)  # Its configurations come from numpy's global state.
        self._problem, self._active, self._ready, self._count = problem, synetune.active, [], 0
        self._scheduler = MOASHA(synetune.space(problem), list(problem.objectives), time_attr="epoch", max_t=FULL, grace_period=1,
                                 reduction_factor=FACTOR, multiobjective_priority=synetune.priority(corrected), random_seed=seed)

    def next_job(self):
        from syne_tune.backend.trial_status import Trial
        if self._ready:
            return self._ready.pop()
        trial = Trial(self._count, self._scheduler.suggest().config, None)
        self._count += 1
        self._scheduler.on_trial_add(trial)
        return Job(trial, self._active(self._problem, trial.config), 0, 1)

    def finish(self, job, values):
        if self._scheduler.on_trial_result(job.handle, {"epoch": job.stop, **values}) == "CONTINUE":
            self._ready.append(Job(job.handle, job.config, job.stop, job.stop * FACTOR))

    def close(self):
        pass


class SmacHyperband:
    """SMAC3's multi-fidelity facade: Hyperband, random forest, ParEGO. It is charged only for the epochs beyond those
    that the configuration has already had. Incumbents are compared at the highest budget only: with several
    objectives the facade's default, the highest budget that each was observed at, ends in an assertion (SMAC 2.4.1)."""

    def __init__(self, problem, seed):
        from smac import MultiFidelityFacade, Scenario
        from smac.multi_objective.parego import ParEGO
        from smac.runhistory import TrialValue
        self._problem, self._value, self._trained, self._folder = problem, TrialValue, {}, tempfile.mkdtemp()
        scenario = Scenario(peers.configuration_space(problem, seed), objectives=list(problem.objectives), n_trials=10**6,
                            min_budget=1, max_budget=FULL, deterministic=True, seed=seed, output_directory=self._folder)
        self._smac = MultiFidelityFacade(scenario, lambda config, seed=0, budget=0: 0.0, overwrite=True, logging_level=False,
                                         intensifier=MultiFidelityFacade.get_intensifier(scenario, eta=FACTOR,
                                                                                         incumbent_selection="highest_budget"),
                                         multi_objective_algorithm=ParEGO(scenario))

    def next_job(self):
        info = self._smac.ask()
        config = translate.plain(dict(info.config))
        return Job(info, config, self._trained.get(info.config, 0), round(info.budget))

    def finish(self, job, values):
        self._trained[job.handle.config] = max(job.stop, self._trained.get(job.handle.config, 0))
        self._smac.tell(job.handle, self._value(cost=[values[n] for n in self._problem.objectives]), save=False)

    def close(self):
        shutil.rmtree(self._folder, ignore_errors=True)


class Full:
    """A peer of the main comparison, which trains every configuration to the end, with several workers."""

    def __init__(self, method, problem, seed):
        self._peer = peers.make(method, problem, seed, None)

    def next_job(self):
        handle, config = self._peer.ask()
        return Job(handle, config, 0, FULL)

    def finish(self, job, values):
        self._peer.tell(job.handle, values)

    def close(self):
        self._peer.close()


PEERS = {
    "synetune-moasha": lambda problem, seed: MoAsha(problem, seed, corrected=False),
    "synetune-moasha-corrected": lambda problem, seed: MoAsha(problem, seed, corrected=True),
    "smac-hyperband-parego": SmacHyperband,
    "optuna-tpe-full": lambda problem, seed: Full("optuna-tpe", problem, seed),
    "optuna-random-full": lambda problem, seed: Full("optuna-random", problem, seed),
    "optuna-gp-full": lambda problem, seed: Full("optuna-gp", problem, seed),
}


def simulate(method, curves, workers, epochs):
    """Yields (epochs finished, objective values or None, configurations so far, time) after each finished assignment."""
    queue, now, idle, serial, finished, started, trials = [], 0.0, workers, 0, 0, 0, 0
    while finished < epochs:
        while idle and started < epochs + workers * FULL:
            job = method.next_job()
            if job is None:
                break
            idle, serial, started = idle - 1, serial + 1, started + job.stop - job.start
            trials += job.start == 0
            heapq.heappush(queue, (now + (job.stop - job.start) * curves.unit(job.config), serial, job))
        if not queue and getattr(method, "finished", False):
            return
        if not queue:
            raise RuntimeError(f"nothing to do after {finished} epochs")
        now, _, job = heapq.heappop(queue)
        idle, finished = idle + 1, finished + job.stop - job.start
        values = curves.evaluate(job.config, job.stop)
        method.finish(job, values)
        yield finished, tuple(values[n] for n in curves.problem.objectives) if job.stop >= FULL else None, trials, now


def run(method, name, workers, seed, program, algorithm=None):
    """Rows of COLUMNS."""
    problem, start = problems.problem(name), time.time()
    if method.startswith("faretto-"):
        made = Faretto(problem, seed, method, program, algorithm)
    else:
        made = PEERS[method](problem, seed)
    epochs = budget(method, workers)
    points, rows, left, trials, now = [], [], kept(epochs), 0, 0.0
    try:
        for finished, point, trials, now in simulate(made, Curves(problem), workers, epochs):
            # What was finished within `left[0]` epochs is in `points`; this assignment may reach beyond it.
            while left and finished > left[0]:
                rows.append(_row(problem, workers, seed, left.pop(0), points, trials, start, now))
            if point:
                points.append(point)
    finally:
        made.close()
    return rows + [_row(problem, workers, seed, e, points, trials, start, now) for e in left]


def _row(problem, workers, seed, epochs, points, trials, start, now):
    share = problems.hypervolume(points, problem.reference) / problem.best
    return [problem.name, workers, seed, epochs, f"{share:.5f}", trials, f"{time.time() - start:.1f}", f"{now:.1f}"]


def stored(method):
    """{(problem, workers, seed): {epochs: share}}."""
    runs, path = {}, os.path.join(RESULTS, method + ".csv")
    if os.path.exists(path):
        with open(path, newline="") as file:
            for row in csv.DictReader(file):
                runs.setdefault((row["problem"], int(row["workers"]), int(row["seed"])), {})[int(row["epochs"])] = float(row["share"])
    return runs


def full_fidelity(method, workers):
    """Optuna's runs that train every configuration to the end: {(problem, seed): {epochs: share}}. With one worker they
    are those of the main comparison, 27 epochs an evaluation."""
    if workers > 1:
        return {(p, s): by for (p, w, s), by in stored(method + "-full").items() if w == workers}
    return {key: {FULL * e: float(r["share"]) for e, r in rows.items()} for key, rows in archive.stored(method).items()}


def mean_at(runs, epochs):
    """Mean share of the runs at the last kept point that is not above `epochs`."""
    return statistics.mean(by[max(e for e in by if e <= epochs)] if min(by) <= epochs else 0.0 for by in runs)


def show(name, workers, seeds, ours):
    print(f"{name}, {workers} workers".ljust(32) + "".join(f"  {e:>5}" for e in shown(workers)) + ("" if only_epochs else f"  {FULL_EPOCHS:>5}") + " epochs")
    kept_runs = {} if only_epochs else {m: stored(m) for m in PEERS if not m.endswith("-full")}
    for method, runs in {**ours, **kept_runs}.items():
        found = [by for (p, w, s), by in runs.items() if (p, w) == (name, workers) and s < seeds]
        if found:
            print(archive.line(method, [mean_at(found, e) for e in shown(workers)], f"       {len(found)} seeds"))
    for method in () if only_epochs else ("optuna-gp", "optuna-tpe"):
        found = [by for (p, s), by in full_fidelity(method, workers).items() if p == name and s < seeds]
        if found:
            shares = [mean_at(found, e) for e in shown(workers) + [FULL_EPOCHS]]
            print(archive.line(method + "-full", shares, f"{len(found)} seeds"), flush=True)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="run fidelity", description="Multi-fidelity search with simulated workers.")
    parser.add_argument("--methods", default="peers", help="comma-separated; `peers`, or some of " + ", ".join(PEERS) + "; faretto-SEARCHER, "
                        "faretto-SEARCHER-third: with a budget of resource in its study file")
    parser.add_argument("--problems", default=",".join(PROBLEMS))
    parser.add_argument("--workers", default=",".join(map(str, WORKERS)))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--program", default="build/bin/faretto")
    parser.add_argument("--algorithm", type=json.loads, help="JSON object merged into Faretto's `algorithm`")
    parser.add_argument("--scratch", action="store_true", help="do not keep Faretto's runs")
    parser.add_argument("--epochs", type=int, help="only the first so many epochs, of peers too; nothing is kept")
    options = parser.parse_args(arguments)
    methods = [m for given in options.methods.split(",") for m in (PEERS if given == "peers" else [given])]
    names, counts = options.problems.split(","), [int(w) for w in options.workers.split(",")]
    theirs, ours = [m for m in methods if m in PEERS], [m for m in methods if m not in PEERS]
    if options.epochs:
        global only_epochs
        only_epochs, theirs, ours = options.epochs, [], methods
        EPOCHS.update(dict.fromkeys(counts, options.epochs))
    for method, seed, workers, name in [(m, s, w, n) for m in theirs for s in range(options.seeds) for w in counts for n in names]:
        if workers == 1 and method.endswith("-full"):
            continue
        if (name, workers, seed) not in stored(method):
            archive.store(os.path.join("fidelity", method), run(method, name, workers, seed, None), COLUMNS)
            print(f"{time.strftime('%H:%M:%S')} {method} {name} {workers} workers, seed {seed}", flush=True)
    for workers in counts if ours else []:
        for name in names:
            made = {}
            for method in ours:
                for seed in range(options.seeds):
                    rows = run(method, name, workers, seed, options.program, options.algorithm)
                    made.setdefault(method, {})[name, workers, seed] = {r[3]: float(r[4]) for r in rows}
                    if not (options.scratch or options.epochs):
                        # Only now: a run that is interrupted leaves what it would have replaced.
                        archive.forget(os.path.join("fidelity", method), lambda r: (r["problem"], r["workers"], r["seed"])
                                     == (name, str(workers), str(seed)))
                        archive.store(os.path.join("fidelity", method), rows, COLUMNS)
            show(name, workers, options.seeds, made)


if __name__ == "__main__":
    main()
