import json
import sys

from faretto import Case

TRAIN = '''
import json, os, pathlib, sys
task = json.load(open(os.environ["FARETTO_PARAMS_FILE"]))
x = task["params"]["x"]
folder = pathlib.Path(os.environ["FARETTO_CHECKPOINT_DIR"])
state = folder / "state.json"
epoch = json.loads(state.read_text())["epoch"] if state.exists() else 0
assert epoch == int(os.environ["FARETTO_PREVIOUS_RESOURCE"]), (epoch, os.environ["FARETTO_PREVIOUS_RESOURCE"])
print("training", x, "with", os.environ["FARETTO_WORKER"], flush=True)
if x > 0.9:
    print("something is wrong here", flush=True)
    sys.exit(7)
with os.fdopen(int(os.environ["FARETTO_RESULTS_FD"]), "w") as results:
    for epoch in range(epoch + 1, int(os.environ["FARETTO_RESOURCE"]) + 1):
        open(os.environ["COUNTER"], "a").write("epoch\\n")
        state.write_text(json.dumps({"epoch": epoch}))
        results.write(json.dumps({"resource": epoch, "error": abs(x - 0.3) + 1 / epoch}) + "\\n")
        results.flush()
'''


class CommandTrainer(Case):
    def study(self, **parts):
        (self.folder / "train.py").write_text(TRAIN)
        return {
            "name": "own", "seed": 1,
            "space": {"parameters": [{"name": "x", "type": "float", "low": 0, "high": 1, "default": 0.5}]},
            "objectives": [{"name": "error", "reference": 3}],
            "algorithm": {"searcher": "random", "fidelity": "asha", "min_resource": 2, "max_resource": 18},
            "budget": {"resource": 60}, "retry": {"max_attempts": 2},
            "trainer": {"type": "command", "command": [sys.executable, "train.py"],
                        "env": {"COUNTER": str(self.folder / "counter")}, **parts},
        }

    def test_any_program_is_trained_promoted_from_its_checkpoint_and_its_failures_are_recorded(self):
        self.ok("run", self.write(self.study()), "--dir", "d", "--workers", 2)
        trials = self.json("trials", "--dir", "d")["trials"]
        best = self.json("pareto", "--dir", "d")["trials"]
        self.assertEqual(len(best), 1)
        done = [t for t in trials if t["state"] == "completed"]
        self.assertTrue(done)
        epochs = (self.folder / "counter").read_text().count("epoch")
        reported = sum(t["resource"] for t in trials if t["state"] != "failed")
        self.assertEqual(epochs, reported, "a promotion trained more than the difference")
        self.assertRegex(self.ok("logs", done[0]["id"], "--dir", "d"), r"training .* with local-[01]\n")
        for trial in trials:
            if trial["params"]["x"] > 0.9:
                self.assertEqual(trial["state"], "failed")
                shown = self.json("show", trial["id"], "--dir", "d")
                self.assertIn("7", json.dumps(shown))

    def test_progress_says_why_trials_fail(self):
        done = self.faretto("run", self.write(self.study(command=["false"])), "--dir", "d", "--workers", 1)
        self.assertRegex(done.stderr, r"[0-9]+ failed \(trial [0-9]+: exit status 1\)")

    def test_a_program_that_is_not_there_fails_its_trials_and_not_the_study_service(self):
        done = self.faretto("run", self.write(self.study(command=["no-such-program"])), "--dir", "d", "--workers", 1)
        self.assertIn(done.returncode, (0, 1, 2))
        self.assertIn("no-such-program", done.stdout + done.stderr + self.ok("export", "--dir", "d", "--format", "json")
                      if (self.folder / "d").exists() else done.stderr)
