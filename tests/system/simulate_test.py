import contextlib
import csv
import io
import json
import sqlite3

from faretto import ZDT1, Case, Lines, changed

TABLE_STUDY = {
    "name": "table", "seed": 2,
    "space": {"parameters": [
        {"name": "lr", "type": "ordinal", "choices": [0.001, 0.01, 0.1]},
        {"name": "optimizer", "type": "categorical", "choices": ["Adam", "SGD"]},
        {"name": "nesterov", "type": "categorical", "choices": [True, False]}],
        "conditions": [{"parameter": "nesterov", "active_when": {"optimizer": ["SGD"]}}]},
    "objectives": [{"name": "error", "reference": 1}, {"name": "seconds", "reference": 100}],
    "algorithm": {"searcher": "random", "fidelity": "asha", "min_resource": 2, "max_resource": 6},
    "budget": {"trials": 9},
    "trainer": {"type": "function", "table": "data/table.csv", "metrics": ["error", "seconds"]},
}


def table(missing=()):
    rows = ["lr,optimizer,nesterov,resource,error,seconds,cost"]
    for i, lr in enumerate(("0.001", "0.010", "1e-1")):
        for j, rest in enumerate(("Adam,", "SGD,True", "SGD,false")):
            if (i, j) not in missing:
                rows += [f"{lr},{rest},{r},{0.5 - 0.1 * i + 0.05 * j - 0.01 * r},{10 + 5 * i - 3 * j},{r * (1 + i)}" for r in (2, 6)]
    return "\n".join(rows) + "\n"


class Simulate(Case):
    def setUp(self):
        super().setUp()
        (self.folder / "data").mkdir()

    def test_the_same_study_prints_the_same_and_is_a_study_folder(self):
        study = self.write(changed(ZDT1, budget={"trials": 120}))
        command = ("simulate", study, "--workers", 50, "--format", "json")
        first = self.ok(*command, "--dir", "d")
        self.assertEqual(first, self.ok(*command))
        self.assertNotEqual(first, self.ok(*command, "--seed", 4))
        done = json.loads(first)
        self.assertEqual((done["trials"], done["workers"]), (120, 50))
        self.assertTrue(0 < done["utilisation"] <= 1)
        front = self.json("pareto", "--dir", "d")
        self.assertEqual(front["trials"], done["front"])
        self.assertEqual(front["hypervolume"], done["hypervolume"])
        self.assertEqual(done["curve"][-1]["hypervolume"], done["hypervolume"])
        self.ok("replay", "--dir", "d")
        self.ok("report", "--dir", "d", "--output", "report.html")
        self.refused(2, *command, "--dir", "d", says=["holds a study already"])

    def test_a_small_budget_of_epochs_is_not_spent_by_all_workers_at_once(self):
        algorithm = {"searcher": "bo", "fidelity": "asha", "min_resource": 1, "max_resource": 9}
        study = self.write(changed(ZDT1, algorithm=algorithm, budget={"resource": 540}))
        done = self.json("simulate", study, "--workers", 40, "--dir", "d")
        self.assertEqual(done["curve"][-1]["resource"], 540)
        with contextlib.closing(sqlite3.connect(self.folder / "d" / "trials.db")) as store:
            spans = store.execute("SELECT started_live_s, ended_live_s FROM assignments").fetchall()
        at_once = [sum(start <= moment < end for start, end in spans) for moment, _ in spans]
        self.assertEqual(max(at_once), 20, "540 / (3 * 9)")

    def test_csv_is_the_curve(self):
        study = self.write(changed(ZDT1, budget={"trials": 60}))
        rows = list(csv.DictReader(io.StringIO(self.ok("simulate", study, "--workers", 4, "--format", "csv"))))
        volumes = [float(row["hypervolume"]) for row in rows]
        self.assertEqual(volumes, sorted(volumes))
        self.assertEqual(set(rows[0]), {"virtual_s", "resource", "completed", "front", "hypervolume"})

    def test_a_table_takes_the_place_of_training(self):
        self.write(table(), "data/table.csv")
        done = self.json("simulate", self.write(TABLE_STUDY), "--workers", 2)
        self.assertEqual(done["trials"], 9)
        rows = [line.split(",") for line in table().splitlines()[1:]]
        known = {(float(r[4]), float(r[5])) for r in rows if r[3] == "6"}
        self.assertTrue(done["front"])
        for trial in done["front"]:
            self.assertIn((trial["values"]["error"], trial["values"]["seconds"]), known)

    def test_a_configuration_that_the_table_lacks_fails_and_says_so(self):
        self.write(table(missing=[(0, 0)]), "data/table.csv")
        self.ok("simulate", self.write(TABLE_STUDY), "--dir", "d")
        failed = [t for t in self.json("trials", "--dir", "d")["trials"] if t["state"] == "failed"]
        self.assertEqual([t["params"] for t in failed], [{"lr": 0.001, "optimizer": "Adam"}])
        self.assertIn("the table has no row of the configuration", failed[0]["failure"]["reason"])

    def test_a_study_of_another_trainer_needs_something_in_its_place(self):
        command = {"type": "command", "command": ["true"], "metrics": ["error", "seconds"]}
        study = self.write(changed(TABLE_STUDY, trainer=command))
        self.refused(2, "simulate", study, says=["command", "--table"])
        file = self.write(table(), "data/table.csv")
        self.assertEqual(self.json("simulate", study, "--table", file)["trials"], 9)

    def test_a_recorded_study_takes_the_place_of_training(self):
        self.write(table(), "data/table.csv")
        study = self.write(TABLE_STUDY)
        first = self.json("simulate", study, "--workers", 3, "--dir", "d")
        again = self.json("simulate", study, "--workers", 3, "--recorded", "d")
        for part in ("front", "hypervolume", "virtual_s", "spent_resource", "states"):
            self.assertEqual(first[part], again[part], part)
        self.refused(2, "simulate", study, "--recorded", "nowhere", says=["nowhere"])
        self.refused(2, "simulate", study, "--recorded", "d", "--problem", "zdt1", says=["one of"])

    def test_another_problem_takes_the_place_of_the_trainer(self):
        study = self.write(ZDT1)
        zdt1, zdt2 = self.json("simulate", study, "--workers", 4), self.json("simulate", study, "--workers", 4, "--problem", "zdt2")
        # No point of ZDT2 lies below its front, f2 = 1 - f1^2; most of ZDT1's front, f2 = 1 - sqrt(f1), does.
        below = [t["values"] for t in zdt2["front"] if t["values"]["f2"] < 1 - t["values"]["f1"] ** 2 - 1e-9]
        self.assertEqual(below, [])
        self.assertTrue(zdt2["front"])
        self.assertNotEqual(zdt1["hypervolume"], zdt2["hypervolume"])

    def test_what_is_wrong_is_said(self):
        study = self.write(ZDT1)
        self.refused(2, "simulate", study, "--workers", 0, says=["workers"])
        self.refused(2, "simulate", study, "--fail-rate", 2, says=["fail-rate"])
        self.refused(1, "simulate", study, "--fail-rate", 1, says=["no trial could be trained", "simulated failure"])
        self.refused(2, "simulate", study, "--problem", "zdt9", says=["--problem: ", "zdt1"])
        self.refused(2, "simulate", study, "--table", "none.csv", says=["--table: ", "none.csv"])
        self.refused(2, "simulate", self.write(changed(ZDT1, budget=None), "b.json"), says=["budget"])
        self.refused(2, "simulate", self.write(changed(ZDT1, budget=None), "b.json"), "--problem", "zdt2", says=["budget"])
        table_study = self.write(TABLE_STUDY, "t.json")
        self.refused(2, "simulate", table_study, says=["table.csv"])
        self.write("lr,optimizer,error,seconds\n0.1,Adam,1,2\n", "data/table.csv")
        self.refused(2, "simulate", table_study, says=["nesterov"])
        self.write(table().replace("lr,", "id,lr,", 1).replace("\n0", "\n7,0").replace("\n1", "\n7,1"), "data/table.csv")
        self.refused(2, "simulate", table_study, says=["\"id\"", "no parameter"])
        self.write(table() + "0.1,Adam,,x,1,2,3\n", "data/table.csv")
        self.refused(2, "simulate", table_study, says=["line 20", "resource"])

    def test_a_simulation_is_not_resumed_as_a_real_study(self):
        study = self.write(ZDT1)
        self.ok("simulate", study, "--dir", "d")
        done = Lines(self, study, "--dir", "d")
        self.assertEqual(done.process.wait(30), 2)
        self.assertIn("name", done.process.stderr.read())
