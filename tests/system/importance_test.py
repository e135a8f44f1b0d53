import csv
import io

from faretto import ZDT1, Case, Lines, changed

STUDY = changed(ZDT1, algorithm={"searcher": "random", "fidelity": "full", "max_resource": 3}, trainer=None,
                budget={"trials": 100})


class Importance(Case):
    def folder_with(self, trials, failing=()):
        """x1 trades f1 for f2, x2 is bad for both, and the rest does not matter."""
        lines = Lines(self, self.write(STUDY), "--dir", "d")
        for number in range(trials):
            (trial,) = lines.send({"op": "ask"})["trials"]
            if number in failing:
                self.assertEqual(lines.send({"op": "fail", "id": trial["id"], "reason": "crash"}), {"ok": True})
                continue
            x = trial["params"]
            values = {"f1": x["x1"] + 2 * x["x2"], "f2": 1 - x["x1"] + 2 * x["x2"]}
            self.assertEqual(lines.send({"op": "tell", "id": trial["id"], "values": values}), {"ok": True})
        lines.end()

    def shares(self, document, name):
        (target,) = [t for t in document["targets"] if t["name"] == name]
        return {p["name"]: p["importance"] for p in target["parameters"]}

    def test_planted_parameters_are_found_in_all_forms(self):
        self.folder_with(100, failing=range(0, 100, 10))
        document = self.json("importance", "--dir", "d")
        self.assertEqual((document["version"], document["resource"], document["trials"], document["failed"]), (1, 3, 90, 10))
        front = self.shares(document, "front")
        self.assertGreater(front["x2"], 0.5)
        for objective in ("f1", "f2"):
            shares = self.shares(document, objective)
            self.assertAlmostEqual(sum(shares.values()), 1)
            self.assertGreater(shares["x1"] + shares["x2"], 0.8, "the others do not matter")
        table = self.ok("importance", "--dir", "d")
        self.assertTrue(table.splitlines()[1].startswith("x2"), "the most important for the front comes first\n" + table)
        self.assertIn("10 failed ones left out", table)
        rows = list(csv.DictReader(io.StringIO(self.ok("importance", "--dir", "d", "--format", "csv"))))
        self.assertEqual(len(rows), 15)
        self.assertEqual({row["target"] for row in rows}, {"f1", "f2", "front"})
        self.assertEqual(self.json("importance", "--dir", "d"), document)

    def test_too_few_trials_are_said_and_wrong_usage_is_refused(self):
        self.folder_with(4)
        self.refused(1, "importance", "--dir", "d", says=["4 trials have results at resource 3", "needs 10"])
        self.refused(1, "importance", "--dir", "d", "--resource", "1", says=["0 trials"])
        self.refused(2, "importance", "--dir", "d", "--resource", "x", says=["resource", "whole number"])
        self.refused(2, "importance", "--dir", "nowhere", says=["nowhere"])
        self.refused(2, "importance", says=["--dir"])
        self.assertIn("faretto importance --dir", self.ok("importance", "--help"))
