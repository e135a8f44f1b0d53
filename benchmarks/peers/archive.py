"""What is kept of runs: the files results/<method>.csv, their columns, and the points at which shares are shown."""
import csv
import fcntl
import io
import os

RESULTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "results")
EVALUATIONS = 150
# The evaluations after which a run's share is kept, and those of the tables.
KEPT = [10, 20, 25] + list(range(30, EVALUATIONS + 1, 10))
COLUMNS = ["problem", "seed", "evaluation", "share", "suggest_ms", "failed", "duplicates"]
SHOWN = [25, 50, 100, 150]
# Peers and their numbers of seeds in the order of running: the cheap ones first; then Optuna's GP and SMAC in turns, a
# seed over all problems before the next.
PLAN = [(["optuna-random", "optuna-nsga2", "optuna-tpe", "rustuna-tpe", "rustuna-nsga2", "pymoo-nsga2",
         "synetune-evolution", "synetune-evolution-corrected"], 10),
        (["optuna-gp"], 3), (["smac-parego"], 2), (["optuna-gp"], 5), (["smac-parego"], 5)]
PEERS = list(dict.fromkeys(m for group, _ in PLAN for m in group))


def stored(method):
    """{(problem, seed): {evaluation: row}} of what is kept."""
    runs = {}
    path = os.path.join(RESULTS, method + ".csv")
    if os.path.exists(path):
        with open(path, newline="") as file:
            for row in csv.DictReader(file):
                runs.setdefault((row["problem"], int(row["seed"])), {})[int(row["evaluation"])] = row
    return runs


def store(method, rows, columns=COLUMNS):
    """All rows of a run or none: one write to the end of a locked file."""
    path = os.path.join(RESULTS, method + ".csv")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "ab", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        head = [] if os.fstat(file.fileno()).st_size else [columns]
        file.write("".join(",".join(map(str, row)) + "\n" for row in head + rows).encode())


def forget(method, which):
    """Removes the rows for which `which(row)` holds: their runs are about to be made anew. Another process may store
    runs of the same method meanwhile."""
    path = os.path.join(RESULTS, method + ".csv")
    if not os.path.exists(path):
        return
    with open(path, "r+", newline="") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        reader = csv.DictReader(file)
        columns, rows = reader.fieldnames, [r for r in reader if not which(r)]
        kept = io.StringIO()
        writer = csv.DictWriter(kept, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        file.seek(0)
        file.write(kept.getvalue())
        file.truncate()


def line(label, shares, extra=""):
    """A row of the tables that the programs print."""
    return f"  {label:<30}" + "".join("      -" if v is None else f"  {v:.3f}" for v in shares) + f"  {extra}"
