"""Time of one suggestion, Faretto beside its peers, in one run; started by `run timing`.

For each setting (problem, finished trials, pending trials) every method gets its history; then come rounds, and in each
round every method in turn is asked for one suggestion and told its result: that is what is timed, refits included.
Faretto's times contain the pipe to its process. The CPU time of the same steps, of Faretto's process where it is
Faretto, is given as well: it says more on a machine that does other work. Rustuna and Optuna work in the caller's process.
Like is compared with like twice: `rustuna-nsga2-piped` and `rustuna-tpe-piped` are Rustuna in a process of its own, behind such
a pipe; `faretto-tpe-inside` and `faretto-nsga2-inside` are the same requests once more, answered in the process that measures
(`ask_tell_benchmark`, REPLAYS times after the rounds), with reading and writing of JSON but without the pipe. `pipe` is `cat` in
Faretto's place: what no program behind a pipe can be faster than.

Histories: Faretto, Rustuna and Optuna's NSGA-II make their own; Optuna's GP and TPE, which would take an hour for it,
are given random configurations (a smaller front, so less work). Pending trials were asked for and never told; Optuna's GP and TPE get random ones.

`--growth` measures instead how Faretto's suggestion time grows with the number of trials, up to 5,000. With more than 1,000 `bo` is
measured on imported random configurations (it keeps at most 1,500 results).
Written: results/timing.csv; results/timing_growth.csv and .svg.
"""
import argparse
import csv
import math
import os
import random
import statistics
import subprocess
import tempfile
import time

import archive
import peers
import problems

# (methods, finished trials, pending trials). The first method of each is Faretto's; ratios are to it.
SETTINGS = [(["faretto-bo", "optuna-gp"], 100, 0), (["faretto-bo", "optuna-gp"], 100, 64),
            (["faretto-bo", "optuna-gp"], 400, 0), (["faretto-bo", "optuna-gp"], 400, 64),
            (["faretto-tpe", "optuna-tpe", "rustuna-tpe", "rustuna-tpe-piped"], 100, 0),
            (["faretto-tpe", "optuna-tpe", "rustuna-tpe", "rustuna-tpe-piped", "pipe"], 1000, 0),
            (["faretto-nsga2", "rustuna-nsga2", "rustuna-nsga2-piped", "optuna-nsga2", "pipe"], 1000, 0)]
COLUMNS = ["problem", "trials", "pending", "method", "rounds", "median_ms", "p95_ms", "median_ratio", "p95_ratio",
           "median_cpu_ms", "median_cpu_ratio"]
GROWTH = [50, 100, 200, 400, 700, 1000, 1500, 2000, 3000, 4000, 5000]
GROWTH_COLUMNS = ["method", "problem", "trials", "median_ms", "p95_ms", "median_cpu_ms"]
# A method's own suggestions are told up to here; beyond, random configurations are imported for each size.
OWN_HISTORY = {"faretto-bo": 1000}
INSIDE = ["faretto-tpe", "faretto-nsga2"]  # Also measured without the pipe.
REPLAYS = 5
AROUND = 20  # suggestions before each entry of GROWTH that its median and percentile are of


def draw(problem, generator):
    config = {}
    for p in problem.parameters:
        name, kind = p["name"], p["type"]
        if not problem.is_active(name, config):
            continue
        if "choices" in p:
            config[name] = generator.choice(p["choices"])
        else:
            low, high = (math.log(p[side]) if p.get("log") else p[side] for side in ("low", "high"))
            value = generator.uniform(low, high)
            value = math.exp(value) if p.get("log") else value
            config[name] = round(value) if kind == "int" else min(max(value, p["low"]), p["high"])
    return config


def random_optuna_history(study, problem, trials, pending, generator):
    import optuna
    distributions = {}
    for p in problem.parameters:
        if "choices" in p:
            distributions[p["name"]] = optuna.distributions.CategoricalDistribution(p["choices"])
        else:
            made = optuna.distributions.IntDistribution if p["type"] == "int" else optuna.distributions.FloatDistribution
            distributions[p["name"]] = made(p["low"], p["high"], log=p.get("log", False))
    for _ in range(trials):
        config = draw(problem, generator)
        values = problem.evaluate(config)
        study.add_trial(optuna.trial.create_trial(params=config, distributions={n: distributions[n] for n in config},
                                                  values=[values[n] for n in problem.objectives]))
    return [draw(problem, generator) for _ in range(pending)]


class Pipe(peers.Piped):
    """`cat`: answers that are as long as Faretto's, and are what was asked."""

    def __init__(self, problem):
        self._answer = {"trials": [{"id": 1000, "params": draw(problem, random.Random(0)), "resource": 1}]}
        self.start(["cat"])

    def ask(self):
        trial = self.say(self._answer)["trials"][0]
        return trial["id"], trial["params"]


class Session:
    """A method with its history, ready to be timed."""

    def __init__(self, method, problem, trials, pending, program):
        self._problem = problem
        self._peer = Pipe(problem) if method == "pipe" else peers.make(method, problem, 0, program)
        if method in ("optuna-gp", "optuna-tpe"):
            study = self._peer._study
            for config in random_optuna_history(study, problem, trials, pending, random.Random(0)):
                study.enqueue_trial(config)
                self._peer.ask()
            return
        for _ in range(trials):
            self.suggest()
        for _ in range(pending):
            self._peer.ask()

    def restart_with(self, known):
        """Faretto only: goes on with these (configuration, values) imported."""
        self._peer.restart_with(known)

    def _cpu_s(self):
        """CPU seconds so far of the process that suggests; its threads that live."""
        process = getattr(self._peer, "_process", None)
        if process is None:
            return time.process_time()
        used = 0
        for thread in os.listdir(f"/proc/{process.pid}/task"):
            with open(f"/proc/{process.pid}/task/{thread}/schedstat") as file:
                used += int(file.read().split()[0])
        return used / 1e9

    def suggest(self):
        """Milliseconds of one ask and tell: by the clock, and of CPU time of the process that suggests."""
        cpu, start = self._cpu_s(), time.perf_counter()
        handle, config = self._peer.ask()
        asked, cpu = time.perf_counter(), self._cpu_s() - cpu
        values = self._problem.evaluate(config)
        cpu_told, told = self._cpu_s(), time.perf_counter()
        self._peer.tell(handle, values)
        return (time.perf_counter() - told + asked - start) * 1000, (self._cpu_s() - cpu_told + cpu) * 1000

    def inside(self, pairs):
        """Faretto only: times as of suggest(), without the pipe, of the last `pairs` suggestions, REPLAYS times."""
        program = os.path.join(os.path.dirname(self._peer.program), "ask_tell_benchmark")
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.writelines(self._peer.requests)
            file.flush()
            command = [program, self._peer.study_file, file.name, str(pairs)]
            printed = [subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout for _ in range(REPLAYS)]
        return [(float(line), float(line)) for text in printed for line in text.split()]

    def close(self):
        self._peer.close()


def percentile(times, share):
    return sorted(times)[min(len(times) - 1, math.ceil(share * len(times)) - 1)]


def measure(name, methods, trials, pending, rounds, program):
    """Rows of COLUMNS."""
    problem = problems.problem(name)
    sessions = {m: Session(m, problem, trials, pending, program) for m in methods}
    for session in sessions.values():
        session.suggest()  # Loads what is loaded once.
    times = {m: [] for m in methods}
    for _ in range(rounds):
        for method, session in sessions.items():
            times[method].append(session.suggest())
    if methods[0] in INSIDE:
        times[methods[0] + "-inside"] = sessions[methods[0]].inside(rounds)
    for session in sessions.values():
        session.close()
    rows = []
    for method in times:
        mine = [statistics.median(wall(times, method)), percentile(wall(times, method), 0.95), statistics.median(cpu(times, method))]
        ours = [statistics.median(wall(times, methods[0])), percentile(wall(times, methods[0]), 0.95),
                statistics.median(cpu(times, methods[0]))]
        ratios = [a / b if b else 0.0 for a, b in zip(mine, ours)]
        rows.append([name, trials, pending, method, rounds, f"{mine[0]:.3f}", f"{mine[1]:.3f}", f"{ratios[0]:.2f}",
                     f"{ratios[1]:.2f}", f"{mine[2]:.3f}", f"{ratios[2]:.2f}"])
    return rows


def wall(times, method):
    return [t[0] for t in times[method]]


def cpu(times, method):
    return [t[1] for t in times[method]]


def write(name, columns, key, rows):
    """Rows with the same values in the columns of `key` are replaced, others stay; returns all."""
    path, all_rows = os.path.join(archive.RESULTS, name), {}
    places = [columns.index(c) for c in key]
    if os.path.exists(path):
        with open(path, newline="") as file:
            all_rows = {tuple(row[i] for i in places): row for row in list(csv.reader(file))[1:]}
    all_rows.update({tuple(str(row[i]) for i in places): row for row in rows})
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(all_rows.values())
    return list(all_rows.values())


def growth(method, name, program, limit):
    """Rows of GROWTH_COLUMNS; stops after `limit` seconds."""
    problem = problems.problem(name)
    session, times, rows, start = Session(method, problem, 0, 0, program), [], [], time.time()

    def measured(trials, last):
        clock, used = zip(*last)
        rows.append([method, name, trials, f"{statistics.median(clock):.3f}", f"{percentile(clock, 0.95):.3f}",
                     f"{statistics.median(used):.3f}"])
        print("  ".join(map(str, rows[-1])), flush=True)

    own = OWN_HISTORY.get(method, GROWTH[-1])
    while len(times) < own and time.time() - start < limit:
        times.append(session.suggest())
        if len(times) in GROWTH:
            measured(len(times), times[-AROUND:])
    session.close()
    for trials in [n for n in GROWTH if n > own]:
        generator = random.Random(0)
        configs = [draw(problem, generator) for _ in range(trials - AROUND)]
        session = Session(method, problem, 0, 0, program)
        session.restart_with([(c, problem.evaluate(c)) for c in configs])
        measured(trials, [session.suggest() for _ in range(AROUND)])
        session.close()
    return rows


def plot_growth(rows):
    import matplotlib
    matplotlib.use("svg")
    import matplotlib.pyplot as plt
    plt.rcParams.update({"svg.hashsalt": "peers", "svg.fonttype": "none", "font.size": 9})
    figure, axis = plt.subplots(figsize=(6, 3.6))
    for method in dict.fromkeys(r[0] for r in rows):
        points = [(int(r[2]), float(r[3])) for r in rows if r[0] == method]
        axis.plot(*zip(*points), marker="o", ms=3, label=method)
    axis.set(xscale="log", yscale="log", xlabel="finished trials", ylabel="milliseconds for one suggestion, median")
    axis.grid(alpha=0.3)
    axis.legend(frameon=False)
    figure.tight_layout()
    figure.savefig(os.path.join(archive.RESULTS, "timing_growth.svg"), metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(prog="run timing", description="Time of one suggestion.")
    parser.add_argument("--problems", default="zdt1,mixed")
    parser.add_argument("--methods", help="only settings of these methods of Faretto, comma-separated")
    parser.add_argument("--trials", help="only settings with these numbers of finished trials, comma-separated")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--program", default="build/bin/faretto")
    parser.add_argument("--scratch", action="store_true", help="only print")
    parser.add_argument("--growth", action="store_true", help="growth with the number of trials, Faretto only")
    parser.add_argument("--limit", type=float, default=600, help="seconds for each method of --growth")
    options = parser.parse_args()
    ours = options.methods.split(",") if options.methods else ["faretto-bo", "faretto-tpe", "faretto-nsga2"]
    rows = []
    if options.growth:
        for method in ours:
            rows += growth(method, options.problems.split(",")[0], options.program, options.limit)
        if not options.scratch:
            plot_growth(write("timing_growth.csv", GROWTH_COLUMNS, ["method", "problem", "trials"], rows))
        return
    print("  ".join(COLUMNS))
    for methods, trials, pending in SETTINGS:
        if methods[0] not in ours or (options.trials and str(trials) not in options.trials.split(",")):
            continue
        for name in options.problems.split(","):
            # Quick methods get five times the rounds, more than a generation of those that work once a generation.
            rounds = options.rounds * (1 if "optuna-gp" in methods else 5)
            made = measure(name, methods, trials, pending, rounds, options.program)
            for row in made:
                print("  ".join(map(str, row)), flush=True)
            rows += made
    if not options.scratch:
        write("timing.csv", COLUMNS, ["problem", "trials", "pending", "method"], rows)


if __name__ == "__main__":
    main()
