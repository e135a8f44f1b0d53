"""The demo's study, smaller: real faces, a real network, real kills."""
import json
import os
import signal
import sqlite3

from faretto import SOURCE, Case, changed

ORL = SOURCE / ".deps/orl/faces/orl.csv"


class Faces(Case):
    def study(self, budget=18):
        study = json.loads((SOURCE / "examples/orl_faces.json").read_text())
        study["trainer"]["dataset"]["csv"] = str(ORL)
        study["algorithm"].update(min_resource=1, max_resource=4, reduction_factor=2)
        study["budget"] = {"resource": budget}
        return study

    def reports(self):
        return [b for _, t, b in self.events(self.folder / "d") if t == "reported" and not b["superseded"]]

    def test_killed_and_resumed_it_ends_with_a_front_and_reference_lines_and_retrains(self):
        path = self.write(self.study())
        # A test split whose files do not exist: nothing before retrain may notice.
        lines = ORL.read_text().splitlines()
        without = "\n".join(line.replace(".pgm", ".gone") if line.endswith(",test") or ",test," in line else line
                            for line in lines) + "\n"
        copy = ORL.parent / f"orl-without-test-{os.getpid()}.csv"
        copy.write_text(without)
        self.addCleanup(copy.unlink)
        study = self.study()
        study["trainer"]["dataset"]["csv"] = str(copy)
        path = self.write(study)
        for wanted in (2, 6):
            process = self.start("run", path, "--dir", "d", "--workers", 2)
            self.wait_for("reports", lambda: len(self.reports()) >= wanted, process=process, timeout=300)
            # First a training process alone, then everything at once.
            os.kill(self.wait_for("a worker", lambda: self.training_process(self.folder / "d")), signal.SIGKILL)
            self.wait_for("more reports", lambda: len(self.reports()) >= wanted + 2, process=process, timeout=300)
            process.send_signal(signal.SIGKILL)
            process.wait()
        seen = self.reports()
        self.ok("run", path, "--dir", "d", "--workers", 2, timeout=600)
        self.assertEqual(self.reports()[:len(seen)], seen)
        front = self.json("pareto", "--dir", "d")
        self.assertTrue(front["trials"])
        lines = {b["name"]: b["values"] for b in front["baselines"]}
        self.assertEqual(set(lines), {"pixels", "random_network", "default"})
        self.assertTrue(0.21 <= lines["pixels"]["error"] <= 0.23, lines["pixels"])
        self.ok("replay", "--dir", "d")
        trial = front["trials"][0]["id"]
        self.refused(1, "retrain", "--dir", "d", "--trial", trial, "--seeds", 1, "--resource", 1, says=[".gone"])
        copy.write_text(ORL.read_text())
        done = self.json("retrain", "--dir", "d", "--trial", trial, "--seeds", 2, "--resource", 1)
        self.assertEqual(len(done["runs"]), 2)
        self.assertIn("rank_disparity", done["metrics"])
        models = list((self.folder / "d/models").rglob("model.safetensors"))
        self.assertEqual(len(models), 2)
        self.assertTrue(all((m.parent / "config.json").exists() for m in models))

    def test_one_worker_gives_the_same_trials_and_values_twice(self):
        path = self.write(self.study(budget=6))
        for folder in ("a", "b"):
            self.ok("run", path, "--dir", folder, "--workers", 1, timeout=600)
        a, b = (self.json("export", "--dir", folder) for folder in ("a", "b"))
        self.assertGreater(len(a["trials"]), 2)
        keep = ("id", "params", "seed", "origin", "state", "values", "resource")
        self.assertEqual([{k: t.get(k) for k in keep} for t in a["trials"]], [{k: t.get(k) for k in keep} for t in b["trials"]])
        values = lambda study: [[(r["resource"], r["values"]) for r in t["reports"]] for t in study["trials"]]
        self.assertEqual(values(a), values(b))

    def test_a_wrong_data_set_is_refused_before_anything_is_written(self):
        def refused(text, *says):
            study = self.study()
            study["trainer"]["dataset"]["csv"] = str(self.folder / "list.csv")
            (self.folder / "list.csv").write_text(text)
            self.refused(2, "run", self.write(study), "--dir", "never", says=says)
            self.assertFalse((self.folder / "never").exists())
        first = "path,identity,glasses,split\n"
        for name in "abcd":
            (self.folder / f"{name}.pgm").write_bytes(b"P5 8 8 255\n" + name.encode() * 64)
        (self.folder / "cut.pgm").write_bytes(b"P5 8 8 255\n" + b"x" * 60)
        (self.folder / "e.pgm").write_bytes(b"P5 8 8 255\n" + b"e" * 64)
        two = ("a.pgm,{0},0,train\nb.pgm,{1},0,train\nc.pgm,{0},0,validation\ne.pgm,{1},1,validation\n"
               "{2},{0},0,validation\n")
        refused(first + two.format(1, 2, "none.pgm"), "none.pgm")
        refused(first + two.format(1, 2, "cut.pgm"), "cut.pgm")
        refused(first + two.format(1, 1, "d.pgm"), "identity")
        refused("path,identity,split\na.pgm,1,train\n", "glasses")
