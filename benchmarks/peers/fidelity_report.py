"""results/fidelity/report.md and shares.svg from the kept multi-fidelity runs: hypervolume over epochs."""
import csv
import glob
import os

import numpy as np

import fidelity
import report

FULL_PEERS = ["optuna-gp", "optuna-tpe"]


def load():
    """{method: {(problem, workers): {seed: {epochs: share}}}}"""
    runs = {}
    for path in sorted(glob.glob(os.path.join(fidelity.RESULTS, "*.csv"))):
        method = os.path.basename(path)[:-4]
        for (name, workers, seed), by in fidelity.stored(method).items():
            runs.setdefault(method, {}).setdefault((name, workers), {})[seed] = by
    return runs


def full(method, workers):
    """{problem: {seed: {epochs: share}}}"""
    runs = {}
    for (name, seed), by in fidelity.full_fidelity(method, workers).items():
        runs.setdefault(name, {})[seed] = by
    return runs


def at(by, epochs):
    known = [e for e in by if e <= epochs]
    return by[max(known)] if known else 0.0


def mean(runs, epochs):
    return float(np.mean([at(by, epochs) for by in runs.values()]))


def share_table(runs, workers):
    columns = fidelity.shown(workers)
    yield f"| problem | method | seeds | share after {' / '.join(map(str, columns))} epochs |"
    yield "|---|---|---|---|"
    for name in fidelity.PROBLEMS:
        for method, by in runs.items():
            if (name, workers) in by and not method.endswith("-full"):
                found = by[name, workers]
                shares = [f"{mean(found, e):.3f}" if e <= fidelity.budget(method, workers) else "–" for e in columns]
                yield f"| {name} | {method} | {len(found)} | {' / '.join(shares)} |"
        for method in FULL_PEERS:
            found = full(method, workers).get(name)
            if found:
                yield (f"| {name} | {method}, full fidelity | {len(found)} | "
                       f"{' / '.join(f'{mean(found, e):.3f}' for e in columns)} |")


def clock(method, name, workers, epochs):
    """Mean time until so many epochs were finished, as text; empty where it was not kept."""
    path = os.path.join(fidelity.RESULTS, method + ".csv")
    with open(path, newline="") as file:
        times = [float(row["clock"]) for row in csv.DictReader(file)
                 if (row["problem"], row["workers"], row["epochs"]) == (name, str(workers), str(epochs)) and row["clock"]]
    return f"{np.mean(times):.0f}" if times else ""


def third_table(runs):
    """The time of full trainings is that of random ones: it does not depend on who chooses."""
    third, whole = fidelity.THIRD, fidelity.FULL_EPOCHS
    yield f"| Faretto | workers | problem | best Optuna after {whole} epochs | Faretto after {third} | difference | time of theirs | of ours |"
    yield "|---|---|---|---|---|---|---|---|"
    optuna = {(m, w): full(m, w) for m in FULL_PEERS for w in fidelity.WORKERS}
    for method in (m for m in runs if m.startswith("faretto-")):
        for (name, workers), found in sorted(runs[method].items(), key=lambda item: (item[0][1], item[0][0])):
            rivals = {m: mean(by[name], fidelity.FULL_EPOCHS) for (m, w), by in optuna.items() if name in by and w == workers}
            if rivals:
                rival, share = max(rivals, key=rivals.get), mean(found, third)
                yield (f"| {method} | {workers} | {name} | {rival} {rivals[rival]:.3f} | {share:.3f} | "
                       f"{share - rivals[rival]:+.3f} | {clock('optuna-random-full', name, workers, whole)} | "
                       f"{clock(method, name, workers, third)} |")


def mean_table(runs, generator):
    """Means over all problems, with an interval of the difference over the seeds that both have."""
    third, whole = fidelity.THIRD, fidelity.FULL_EPOCHS
    yield f"| Faretto | workers | best Optuna after {whole} epochs | Faretto after {third} | difference over common seeds |"
    yield "|---|---|---|---|---|"
    for method in (m for m in runs if m.startswith("faretto-")):
        for workers in fidelity.WORKERS:
            ours = {name: by for (name, w), by in runs[method].items() if w == workers}
            rivals = {m: by for m in FULL_PEERS if (by := full(m, workers)).keys() >= set(fidelity.PROBLEMS)}
            if len(ours) < len(fidelity.PROBLEMS) or not rivals:
                continue
            means = {m: np.mean([mean(by[n], whole) for n in ours]) for m, by in rivals.items()}
            rival = max(means, key=means.get)
            pairs = [np.array([at(by[s], third) - at(rivals[rival][n][s], whole) for s in by.keys() & rivals[rival][n].keys()])
                     for n, by in ours.items()]
            share = np.mean([mean(by, third) for by in ours.values()])
            yield (f"| {method} | {workers} | {rival} {means[rival]:.4f} | {share:.4f} | "
                   "{:+.4f} ({:+.4f} to {:+.4f}) |".format(*report.interval(pairs, generator)))


def against(runs, generator):
    """Differences of the mean over the problems at every kept budget: the least of them, and intervals at four."""
    yield "| Faretto | workers | rival | least difference at any budget | " + " | ".join(
        f"at {share}" for share in ("1/5", "2/5", "3/5", "all")) + " |"
    yield "|---|---|---|---|---|---|---|---|"
    for method in (m for m in runs if m.startswith("faretto-")):
        for workers in fidelity.WORKERS:
            for rival in (m for m in fidelity.PEERS if m in runs and not m.endswith("-full")):
                def pairs(epochs):
                    both = [(runs[method].get((n, workers), {}), runs[rival].get((n, workers), {})) for n in fidelity.PROBLEMS]
                    return [np.array([at(a[s], epochs) - at(b[s], epochs) for s in a.keys() & b.keys()])
                            for a, b in both if a.keys() & b.keys()]
                if not pairs(1):
                    continue
                # Where the rival's runs are kept and these are not over.
                kept = [e for e in fidelity.kept(fidelity.EPOCHS[workers]) if e <= fidelity.budget(method, workers)]
                least = min(np.mean([d.mean() for d in pairs(e)]) for e in kept)
                cells = ["{:+.3f} ({:+.3f} to {:+.3f})".format(*report.interval(pairs(kept[len(kept) * i // 5 - 1]), generator))
                         for i in (1, 2, 3, 5)]
                yield f"| {method} | {workers} | {rival} | {least:+.3f} | {' | '.join(cells)} |"


def plot(runs, path):
    import matplotlib
    matplotlib.use("svg")
    import matplotlib.pyplot as plt
    plt.rcParams.update({"svg.hashsalt": "peers", "svg.fonttype": "none", "font.size": 8})
    figure, axes = plt.subplots(len(fidelity.PROBLEMS), 3, figsize=(11, 2.3 * len(fidelity.PROBLEMS)), squeeze=False)
    handles = {}
    for row, name in zip(axes, fidelity.PROBLEMS):
        for axis, workers in zip(row, fidelity.WORKERS):
            axis.set_title(f"{name}, {workers} worker{'s' if workers > 1 else ''}")
            axis.grid(alpha=0.3)
            for method, by in runs.items():
                if (name, workers) in by and not method.endswith("-full"):
                    epochs = [e for e in fidelity.kept(fidelity.EPOCHS[workers]) if e <= fidelity.budget(method, workers)]
                    handles[method], = axis.plot(epochs, [mean(by[name, workers], e) for e in epochs],
                                                 **report.line_style(method, fidelity.PEERS))
            for method, style in zip(FULL_PEERS, (":", "--")):
                found = full(method, workers).get(name)
                if found:
                    epochs = [e for e in next(iter(found.values())) if e <= fidelity.EPOCHS[workers]]
                    handles[method + ", full fidelity"], = axis.plot(epochs, [mean(found, e) for e in epochs], style, color="grey")
    figure.supxlabel("epochs")
    figure.supylabel("share of the maximal hypervolume at 27 epochs", x=-0.01)
    figure.legend(handles.values(), handles.keys(), ncols=4, loc="upper center", bbox_to_anchor=(0.5, 0.0), frameon=False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")


def write():
    runs, generator = load(), np.random.default_rng(1)
    lines = ["# Multi-fidelity: Faretto beside its peers", "",
             "Written by `benchmarks/peers/run --report`. Rules of curves, costs and workers: `fidelity.py`.", "",
             "![Shares over epochs](shares.svg)", "", "## A third of the epochs of full-fidelity Optuna", "",
             *third_table(runs), "", "Means over the five problems:", "", *mean_table(runs, generator), "", "## Against multi-fidelity peers", "", *against(runs, generator), ""]
    for workers in fidelity.WORKERS:
        lines += [f"## {workers} worker{'s' if workers > 1 else ''}", "", *share_table(runs, workers), ""]
    with open(os.path.join(fidelity.RESULTS, "report.md"), "w") as file:
        file.write("\n".join(lines))
    plot(runs, os.path.join(fidelity.RESULTS, "shares.svg"))
