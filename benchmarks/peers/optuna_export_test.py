"""Does the real Optuna read what `faretto export --format optuna` writes? Run as problems_test.py is, with `build/bin/faretto`."""
import datetime
import json
import math
import pathlib
import random
import sys
import unittest
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/system"))
from faretto import FARETTO, Case, Lines, changed  # noqa: E402

try:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
except ImportError:
    optuna = None

STUDY = {
    "name": "mixed export", "seed": 5,
    "space": {
        "parameters": [
            {"name": "optimizer", "type": "categorical", "choices": ["adam", "sgd", True, 1.5]},
            {"name": "lr", "type": "float", "low": 1e-5, "high": 1, "log": True},
            {"name": "momentum", "type": "float", "low": 0.1, "high": 0.95, "step": 0.1},
            {"name": "width", "type": "int", "low": 4, "high": 512, "log": True},
            {"name": "layers", "type": "int", "low": 1, "high": 9, "step": 3},
            {"name": "shift", "type": "float", "low": -3, "high": 2.5},
            {"name": "batch", "type": "ordinal", "choices": [16, 32, 64]}],
        "conditions": [{"parameter": "momentum", "active_when": {"optimizer": ["sgd", True]}}]},
    "objectives": [{"name": "error"}, {"name": "speed", "direction": "maximize"}],
    "constraints": [{"metric": "size", "at_most": 0.8, "at_least": 0.1}, {"metric": "error", "at_most": 0.9}],
    "algorithm": {"searcher": "nsga2", "fidelity": "asha", "min_resource": 1, "max_resource": 9, "population": 8},
}
PRUNED = ("paused", "stopped")


def state_of(trial, top, objectives):
    """What the export's documentation promises for a trial as `export --format json` has it."""
    at_top = [r["values"] for r in trial["reports"] if r["resource"] == top]
    if trial["state"] == "failed":
        return "FAIL"
    if at_top and all(o in at_top[-1] for o in objectives):
        return "COMPLETE"
    return "PRUNED" if trial["state"] in PRUNED else trial["state"].upper()


@unittest.skipIf(optuna is None, "Optuna is not installed here: `benchmarks/peers/run --report` sets up .deps/peers/venv, which has it")
@unittest.skipUnless(pathlib.Path(FARETTO).exists(), f"{FARETTO} is not built")
class OptunaExportTest(Case):
    def search(self, study, asks, seed=1):
        """Drives ask-tell with failures and asks that are left open; the study is in `folder/d`."""
        chance = random.Random(seed)
        lines = Lines(self, self.write(study), "--dir", "d")
        names = [o["name"] for o in study["objectives"]]
        for _ in range(asks):
            answer = lines.send({"op": "ask"})
            if not answer["trials"]:
                break
            (trial,) = answer["trials"]
            fate = chance.random()
            if fate < 0.03:
                continue
            if fate < 0.1:
                lines.send({"op": "fail", "id": trial["id"], "reason": 'out of "memory"\nat ünit 3'})
                continue
            for resource in sorted({trial["previous_resource"] + 1, trial["resource"]}):
                both = chance.random()  # low error, low speed; rounded, so that ties occur
                values = {name: round((2 * both + chance.random()) / 3, 2) for name in names}
                answer = lines.send({"op": "tell", "id": trial["id"], "resource": resource, "values": {**values, "size": chance.random()}})
                self.assertEqual(answer, {"ok": True})
        self.assertEqual(lines.end(), 0)
        return self.compared()

    def load(self, name):
        self.ok("export", "--dir", "d", "--format", "optuna", "--output", "o.db")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            return optuna.load_study(study_name=name, storage=f"sqlite:///{self.folder}/o.db")

    def compared(self):
        """The study as Optuna loads it, after every trial was compared with `export --format json`."""
        whole = self.json("export", "--dir", "d")
        file = whole["study"]
        study = self.load(file["name"])
        objectives = [o["name"] for o in file["objectives"]]
        self.assertEqual(study.metric_names, objectives)
        self.assertEqual([d.name for d in study.directions], [o.get("direction", "minimize").upper() for o in file["objectives"]])
        self.assertEqual(study.user_attrs["study_file"], file)
        self.assertIn(study.user_attrs["faretto_version"], self.ok("--version"))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            trials = study.trials
        self.assertEqual(len(trials), len(whole["trials"]))
        for ours, theirs in zip(whole["trials"], trials):
            self.compare(ours, theirs, file, objectives)
        front = [t["id"] for t in self.json("pareto", "--dir", "d")["trials"]]
        self.assertEqual(sorted(t.number for t in study.best_trials), sorted(front))
        self.assertEqual(len(study.trials_dataframe()), len(trials))
        return study

    def compare(self, ours, theirs, file, objectives):
        top = file["algorithm"]["max_resource"]
        theirs._validate()  # what Optuna asks of every trial that is added to a study
        self.assertEqual(theirs.number, ours["id"])
        self.assertEqual(theirs.state.name, state_of(ours, top, objectives))
        self.assertEqual(list(theirs.params), list(ours["params"]))
        for parameter in file["space"]["parameters"]:
            name = parameter["name"]
            if name not in ours["params"]:
                continue
            self.assertEqual(theirs.params[name], ours["params"][name])
            self.assertIs(type(theirs.params[name]), float if parameter["type"] == "float" else type(ours["params"][name]))
            if "choices" in parameter:
                self.assertEqual(theirs.distributions[name].choices, tuple(parameter["choices"]))
            else:
                self.assertEqual(theirs.distributions[name].log, parameter.get("log", False))
        attributes = theirs.user_attrs
        self.assertEqual({k: attributes[k] for k in ("trial", "origin", "seed", "state", "reports")},
                         {"trial": ours["id"], **{k: ours[k] for k in ("origin", "seed", "state", "reports")}})
        values = dict(ours["values"])
        if theirs.values is not None:
            self.assertEqual(theirs.values, [values.pop(o) for o in objectives])
        self.assertEqual({k[7:]: v for k, v in attributes.items() if k.startswith("values.")}, values)
        if theirs.state.name == "FAIL":
            self.assertEqual(attributes["failure"], ours["failure"]["reason"])
        judged = theirs.state.name in ("COMPLETE", "PRUNED") and ours["reports"]
        bounds = [(s, ours["values"].get(c["metric"], s * math.inf), c[b]) for c in file.get("constraints", [])
                  for s, b in ((1, "at_most"), (-1, "at_least")) if b in c]
        self.assertEqual(list(theirs.constraints.values()), [s * (v - b) for s, v, b in bounds] if judged else [])
        steps = {r["resource"]: r["values"][objectives[0]] for r in ours["reports"]} if len(objectives) == 1 else {}
        self.assertEqual(theirs.intermediate_values, steps)
        if theirs.state.is_finished():
            self.assertGreaterEqual(theirs.duration, datetime.timedelta(0))
            self.assertLess(abs(theirs.datetime_complete - datetime.datetime.now()), datetime.timedelta(minutes=10))

    def test_every_trial_and_the_front_of_a_mixed_constrained_study(self):
        study = self.search(STUDY, asks=400)
        self.assertGreater(len(study.best_trials), 1)
        self.assertEqual({t.state.name for t in study.trials}, {"COMPLETE", "PRUNED", "FAIL", "RUNNING"})

    def test_several_seeds_fidelities_and_numbers_of_objectives(self):
        for seed, (fidelity, objectives) in enumerate((("full", 1), ("asha", 1), ("hyperband", 2), ("asha", 3), ("full", 3))):
            with self.subTest(fidelity=fidelity, objectives=objectives):
                names = [{"name": "error"}, {"name": "speed", "direction": "maximize"}, {"name": "size"}][:objectives]
                self.folder /= f"case{seed}"
                self.folder.mkdir()
                self.search(changed(STUDY, objectives=names, algorithm={**STUDY["algorithm"], "fidelity": fidelity}), 100, seed)

    def test_a_study_that_nothing_has_reached_the_top_of_has_no_best_trials(self):
        self.assertEqual(self.search(STUDY, 3).best_trials, [])

    def test_a_study_without_trials_is_empty(self):
        self.ok("ask-tell", self.write(STUDY), "--dir", "d")
        self.assertEqual(self.compared().trials, [])

    def test_waiting_trials_keep_their_parameters_when_optuna_asks_for_them(self):
        self.ok("ask-tell", self.write(changed(STUDY, algorithm={**STUDY["algorithm"], "fidelity": "full"})), "--dir", "d")
        params = {"optimizer": "sgd", "lr": 0.25, "momentum": 0.3, "width": 8, "layers": 4, "shift": 0.5, "batch": 64}
        self.ok("enqueue", "--dir", "d", "--params", json.dumps(params))
        study = self.compared()
        self.assertEqual([t.state.name for t in study.trials], ["WAITING"])
        trial = study.ask(study.trials[0].distributions)
        self.assertEqual((trial.number, trial.params), (0, params))

    def test_optuna_copies_it_and_goes_on_where_it_ended(self):
        for names in ([{"name": "error"}], STUDY["objectives"]):
            self.folder /= f"{len(names)}"
            self.folder.mkdir()
            study = self.search(changed(STUDY, objectives=names), 60)
            storage = f"sqlite:///{self.folder}/o.db"
            optuna.copy_study(from_study_name=study.study_name, from_storage=storage, to_storage=storage, to_study_name="copy")
            copy = optuna.load_study(study_name="copy", storage=storage)
            self.assertEqual([(t.state, t.params, t.values) for t in copy.trials], [(t.state, t.params, t.values) for t in study.trials])
            for sampler in (optuna.samplers.TPESampler(seed=1, n_startup_trials=1), optuna.samplers.NSGAIISampler(seed=1)):
                study.sampler = sampler
                trial = study.ask(next(t for t in study.trials if "momentum" in t.params).distributions)
                study.tell(trial, [0.5] * len(names))


if __name__ == "__main__":
    unittest.main()
