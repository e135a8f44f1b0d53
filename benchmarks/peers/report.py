"""results/report.md, shares.svg and overview.svg from the kept runs: tables, intervals, tests and curves.

Runs of the same seed of two methods are a pair. Intervals: 10,000 bootstrap resamples of the pairs of each problem, 95 %,
percentile, widened for few seeds. Tests: one-sided paired t-test of "worse than the peer by more than the margin", corrected after Holm over
the problems; the margin is 2 % of the peer's mean share.
"""
import glob
import os

import numpy as np
from scipy import stats

import archive
import problems

RESAMPLES, MARGIN = 10_000, 0.02
# The methods of overview.svg and their names in it.
OVERVIEW = {"faretto-auto": "Faretto", "optuna-gp": "Optuna, GP", "optuna-tpe": "Optuna, TPE", "rustuna-tpe": "Rustuna, TPE",
            "smac-parego": "SMAC3, ParEGO", "optuna-nsga2": "Optuna, NSGA-II", "pymoo-nsga2": "pymoo, NSGA-II", "optuna-random": "random"}


def load():
    """{method: {problem: {seed: {evaluation: share}}}} and the same of the last row's failures and duplicates."""
    shares, counts = {}, {}
    for path in sorted(glob.glob(os.path.join(archive.RESULTS, "*.csv"))):
        method = os.path.basename(path)[:-4]
        if method not in archive.PEERS and not method.startswith("faretto-"):
            continue
        for (name, seed), rows in archive.stored(method).items():
            shares.setdefault(method, {}).setdefault(name, {})[seed] = {e: float(r["share"]) for e, r in rows.items()}
            last = rows[archive.EVALUATIONS]
            counts.setdefault(method, {}).setdefault(name, []).append((int(last["failed"]), int(last["duplicates"])))
    return shares, counts


def mean(runs, evaluation):
    return float(np.mean([by[evaluation] for by in runs.values()]))


def complete(shares, names):
    """Methods that have runs of every problem."""
    return [m for m, by in shares.items() if all(n in by for n in names)]


def overall(shares, method, names, evaluation):
    return float(np.mean([mean(shares[method][n], evaluation) for n in names]))


def pairs(ours, theirs, evaluation):
    seeds = sorted(ours.keys() & theirs.keys())
    return np.array([ours[s][evaluation] - theirs[s][evaluation] for s in seeds])


def interval(differences, generator):
    """Mean over the problems of the mean difference, and its interval; seeds of each problem are resampled. Deviations
    are widened by sqrt(n / (n - 1)), because a resample of few seeds varies less than new seeds would."""
    drawn = np.zeros(RESAMPLES)
    for d in differences:
        if len(d) > 1:
            d = d.mean() + (d - d.mean()) * np.sqrt(len(d) / (len(d) - 1))
        drawn += d[generator.integers(len(d), size=(RESAMPLES, len(d)))].mean(axis=1)
    low, high = np.quantile(drawn / len(differences), [0.025, 0.975])
    return float(np.mean([d.mean() for d in differences])), float(low), float(high)


def worse(differences, margin):
    """p of the paired test that the mean difference is below -margin; 1 where one pair alone says nothing."""
    shifted = differences + margin
    if len(shifted) < 2:
        return 1.0
    if np.ptp(shifted) < 1e-12:
        return 0.0 if shifted.mean() < 0 else 1.0
    return float(stats.ttest_1samp(shifted, 0, alternative="less").pvalue)


def holm(values):
    order, corrected, running = np.argsort(values), np.empty(len(values)), 0.0
    for rank, i in enumerate(order):
        running = max(running, min(1.0, values[i] * (len(values) - rank)))
        corrected[i] = running
    return corrected


def cells(values, bold):
    return " / ".join(f"**{v:.3f}**" if b else f"{v:.3f}" for v, b in zip(values, bold))


def share_table(shares, names):
    yield "| problem | method | seeds | share after " + " / ".join(map(str, archive.SHOWN)) + " |"
    yield "|---|---|---|---|"
    for name in names:
        rows = {m: [mean(by[name], e) for e in archive.SHOWN] for m, by in shares.items() if name in by}
        best = np.max(list(rows.values()), axis=0)
        for method, row in rows.items():
            yield f"| {name} | {method} | {len(shares[method][name])} | {cells(row, np.array(row) >= best)} |"


def mean_table(shares, names):
    full = complete(shares, names)
    rows = {m: [overall(shares, m, names, e) for e in archive.SHOWN] for m in full}
    best = np.max(list(rows.values()), axis=0) if rows else []
    yield "| method | mean share after " + " / ".join(map(str, archive.SHOWN)) + " |"
    yield "|---|---|"
    for method, row in sorted(rows.items(), key=lambda item: -item[1][-1]):
        yield f"| {method} | {cells(row, np.array(row) >= best)} |"


def against_best_peer(shares, names, generator):
    full = complete(shares, names)
    rivals = [m for m in full if m in archive.PEERS]
    yield "| Faretto | evaluations | best single peer | difference of the mean share | 95 % interval |"
    yield "|---|---|---|---|---|"
    for method in (m for m in full if m not in archive.PEERS):
        for e in archive.SHOWN if rivals else []:
            rival = max(rivals, key=lambda m: overall(shares, m, names, e))
            found = [pairs(shares[method][n], shares[rival][n], e) for n in names]
            if all(len(d) for d in found):
                difference, low, high = interval(found, generator)
                known = f"{low:+.3f} to {high:+.3f}" if min(map(len, found)) > 1 else "none yet: one seed"
                yield f"| {method} | {e} | {rival} | {difference:+.3f} | {known} |"


def per_problem(shares, names):
    yield "| Faretto | evaluations | problem | best peer | difference | corrected p of being worse by the margin |"
    yield "|---|---|---|---|---|---|"
    for method in (m for m in shares if m not in archive.PEERS):
        for e in archive.SHOWN:
            rows = []
            for name in (n for n in names if n in shares[method]):
                rivals = [m for m in archive.PEERS if name in shares.get(m, {})]
                if not rivals:
                    continue
                rival = max(rivals, key=lambda m: mean(shares[m][name], e))
                d = pairs(shares[method][name], shares[rival][name], e)
                rows.append((name, rival, d.mean(), worse(d, MARGIN * mean(shares[rival][name], e))))
            for (name, rival, difference, _), p in zip(rows, holm([r[3] for r in rows])):
                mark = " **worse**" if p < 0.05 else ""
                yield f"| {method} | {e} | {name} | {rival} | {difference:+.3f} | {p:.3f}{mark} |"


def count_table(counts):
    yield "| method | failed of 150 on `failing` | infeasible on `constrained` | duplicates on `protein` | on `nas_cifar100` |"
    yield "|---|---|---|---|---|"
    for method, by in counts.items():
        wanted = [("failing", 0), ("constrained", 0), ("protein", 1), ("nas_cifar100", 1)]
        row = [f"{np.mean([c[i] for c in by[n]]):.0f}" if n in by else "-" for n, i in wanted]
        yield f"| {method} | {' | '.join(row)} |"


def line_style(method, rivals):
    """Faretto's curves are thick and in strong colours, the peers' thin."""
    import matplotlib
    if method in rivals:
        return {"lw": 0.9, "color": matplotlib.colormaps["tab20"].colors[list(rivals).index(method)], "zorder": 2}
    strong = {"faretto-auto-told": "darkorange", "faretto-auto-third": "darkorange", "faretto-bo": "crimson", "faretto-tpe": "darkgreen", "faretto-nsga2": "navy", "faretto-random": "dimgrey"}
    return {"lw": 2.2, "color": strong.get(method, "black"), "zorder": 3}


def pyplot():
    """matplotlib, set up so that the same runs give the same file."""
    import matplotlib
    matplotlib.use("svg")
    import matplotlib.pyplot as plt
    plt.rcParams.update({"svg.hashsalt": "peers", "svg.fonttype": "none", "font.size": 8})
    return plt


def plot_overview(shares, names, path):
    """One picture for the README: the mean over the problems, each curve with its name at its end."""
    figure, axis = pyplot().subplots(figsize=(7.5, 3.6))
    ends = []
    for method in (m for m in OVERVIEW if m in complete(shares, names)):
        curve = [overall(shares, method, names, e) for e in archive.KEPT]
        style = line_style(method, archive.PEERS)
        axis.plot(archive.KEPT, curve, **style)
        ends.append((curve[-1], OVERVIEW[method], style))
    height = -1.0
    for value, name, style in sorted(ends, key=lambda end: end[0]):
        height = max(value, height + 0.027)  # a line of text
        axis.annotate(name, (archive.KEPT[-1], value), (archive.KEPT[-1] + 3, height), color="black", va="center",
                      weight="bold" if style["lw"] > 1 else "normal", annotation_clip=False)
    axis.set_xlim(archive.KEPT[0], archive.KEPT[-1])
    axis.set_ylim(top=1.0)
    axis.grid(alpha=0.3)
    axis.spines[["top", "right"]].set_visible(False)
    axis.set_xlabel("evaluations")
    axis.set_ylabel(f"share of the largest hypervolume, mean of {len(names)} problems")
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight", facecolor="white")


def plot(shares, names, path):
    plt = pyplot()
    figure, axes = plt.subplots(-(-len(names) // 3), 3, figsize=(11, 2.6 * -(-len(names) // 3)), squeeze=False)
    for axis in axes.flat[len(names):]:
        axis.set_visible(False)
    handles = {}
    for axis, name in zip(axes.flat, names):
        axis.set_title(name + (" (tuning half)" if name in problems.TUNING else ""))
        lows = []
        for method, by in shares.items():
            if name not in by:
                continue
            curve = [mean(by[name], e) for e in archive.KEPT]
            lows.append(curve[archive.KEPT.index(25)])
            handles[method], = axis.plot(archive.KEPT, curve, **line_style(method, archive.PEERS))
        axis.set_ylim(max(0, min(lows, default=0) - 0.05), 1.01)
        axis.grid(alpha=0.3)
    figure.supxlabel("evaluations")
    figure.supylabel("share of the maximal hypervolume", x=-0.01)
    figure.legend(handles.values(), handles.keys(), ncols=5, loc="upper center", bbox_to_anchor=(0.5, 0.0), frameon=False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")


def write():
    shares, counts = load()
    names = [n for n in problems.MAKERS if any(n in by for by in shares.values())]
    half = {"all problems": names, "tuning half": [n for n in names if n in problems.TUNING],
            "other half": [n for n in names if n not in problems.TUNING]}
    generator = np.random.default_rng(1)
    lines = ["# Faretto beside its peers", "", "Written by `benchmarks/peers/run --report`; versions in `versions.json`.", "",
             "![Shares over evaluations](shares.svg)", ""]
    for title, chosen in half.items():
        lines += [f"## Mean over the problems: {title}", "", *mean_table(shares, chosen), ""]
        lines += [*against_best_peer(shares, chosen, generator), ""]
    lines += ["## Failures, infeasible proposals, duplicates", "", *count_table(counts), ""]
    lines += ["## Against the best peer of each problem", "", *per_problem(shares, names), ""]
    lines += ["## Every problem", "", *share_table(shares, names), ""]
    with open(os.path.join(archive.RESULTS, "report.md"), "w") as file:
        file.write("\n".join(lines))
    plot(shares, names, os.path.join(archive.RESULTS, "shares.svg"))
    plot_overview(shares, names, os.path.join(archive.RESULTS, "overview.svg"))


if __name__ == "__main__":
    write()
