#!/usr/bin/env python3
"""Hypervolume after 150 evaluations, and time for a suggestion: `faretto ask-tell` beside Optuna's samplers.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install optuna==5.0.0
    /tmp/peers/bin/python benchmarks/peers/zdt.py build/bin/faretto [SEEDS]

Both sides see the same problems, seeds and budgets, in turn, in one run. The share is that of the hypervolume of the
true front; the reference point is (11, 11). Times are for one ask, tell included, at its place in the run; Faretto's
contain the pipe to another process.
"""
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
DIMENSIONS, EVALUATIONS, REFERENCE = 10, 150, (11.0, 11.0)


def zdt1(x):
    g = 1 + 9 * sum(x[1:]) / (len(x) - 1)
    return x[0], g * (1 - math.sqrt(x[0] / g))


def zdt2(x):
    g = 1 + 9 * sum(x[1:]) / (len(x) - 1)
    return x[0], g * (1 - (x[0] / g) ** 2)


def hypervolume(points):
    area, last = 0.0, REFERENCE[1]
    for a, b in sorted(points):
        if a < REFERENCE[0] and b < last:
            area += (REFERENCE[0] - a) * (last - b)
            last = b
    return area


def best_hypervolume(problem):
    steps = 20000
    return hypervolume([problem([i / steps] + [0.0] * (DIMENSIONS - 1)) for i in range(steps + 1)])


def run_faretto(program, searcher, problem, seed):
    study = {"name": "peers", "seed": seed,
             "space": {"parameters": [{"name": f"x{i}", "type": "float", "low": 0, "high": 1} for i in range(1, DIMENSIONS + 1)]},
             "objectives": [{"name": "f1"}, {"name": "f2"}],
             "algorithm": {"searcher": searcher, "fidelity": "full"}}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(study, file)
        file.flush()
        process = subprocess.Popen([program, "ask-tell", file.name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

        def say(request):
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())
        points, times = [], []
        for _ in range(EVALUATIONS):
            start = time.perf_counter()
            (trial,) = say({"op": "ask"})["trials"]
            asked = time.perf_counter()
            points.append(problem([trial["params"][f"x{i}"] for i in range(1, DIMENSIONS + 1)]))
            told = time.perf_counter()
            say({"op": "tell", "id": trial["id"], "values": {"f1": points[-1][0], "f2": points[-1][1]}})
            times.append(asked - start + time.perf_counter() - told)
        process.stdin.close()
        process.wait()
    return points, times


def run_optuna(sampler, problem, seed):
    study = optuna.create_study(directions=["minimize", "minimize"], sampler=sampler(seed))
    points, times = [], []
    for _ in range(EVALUATIONS):
        start = time.perf_counter()
        trial = study.ask()
        x = [trial.suggest_float(f"x{i}", 0, 1) for i in range(1, DIMENSIONS + 1)]
        asked = time.perf_counter()
        points.append(problem(x))
        told = time.perf_counter()
        study.tell(trial, points[-1])
        times.append(asked - start + time.perf_counter() - told)
    return points, times


def main():
    program, seeds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
    methods = {
        "faretto random": lambda p, s: run_faretto(program, "random", p, s),
        "faretto nsga2": lambda p, s: run_faretto(program, "nsga2", p, s),
        "optuna random": lambda p, s: run_optuna(lambda seed: optuna.samplers.RandomSampler(seed=seed), p, s),
        "optuna nsga2": lambda p, s: run_optuna(lambda seed: optuna.samplers.NSGAIISampler(seed=seed), p, s),
        "optuna nsga2, population 20": lambda p, s: run_optuna(
            lambda seed: optuna.samplers.NSGAIISampler(population_size=20, seed=seed), p, s),
        "optuna tpe": lambda p, s: run_optuna(lambda seed: optuna.samplers.TPESampler(seed=seed, multivariate=False), p, s),
    }
    print(f"| method | " + " | ".join(f"{p} share after 50 / {EVALUATIONS}" for p in ("zdt1", "zdt2")) + " | ms a suggestion at 150 |")
    print("|---|---|---|---|")
    problems = {"zdt1": zdt1, "zdt2": zdt2}
    shares = {m: {p: ([], []) for p in problems} for m in methods}
    late = {m: [] for m in methods}
    for name, problem in problems.items():
        best = best_hypervolume(problem)
        for seed in range(seeds):
            for method, run in methods.items():
                points, times = run(problem, seed)
                shares[method][name][0].append(hypervolume(points[:50]) / best)
                shares[method][name][1].append(hypervolume(points) / best)
                late[method] += times[-10:]
    for method in methods:
        cells = [f"{statistics.mean(a):.3f} / {statistics.mean(b):.3f}" for a, b in shares[method].values()]
        print(f"| {method} | " + " | ".join(cells) + f" | {statistics.median(late[method]) * 1000:.2f} |")


main()
