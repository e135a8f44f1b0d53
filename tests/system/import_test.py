import json

from faretto import ZDT1, Case, Lines, changed

STUDY = changed(ZDT1, algorithm={"searcher": "nsga2", "fidelity": "full", "max_resource": 18, "population": 8},
                budget={"trials": 5})
NAMES = [f"x{i}" for i in range(1, 6)]


def csv_of(rows, columns=(*NAMES, "resource", "f1", "f2")):
    return "\n".join([",".join(columns), *(",".join(map(str, row)) for row in rows)]) + "\n"


class Import(Case):
    def folder_with_a_trial(self):
        """A study folder with one finished trial; returns the study file."""
        study = self.write(STUDY)
        lines = Lines(self, study, "--dir", "d")
        (trial,) = lines.send({"op": "ask"})["trials"]
        lines.send({"op": "tell", "id": trial["id"], "values": {"f1": 0.5, "f2": 0.9}})
        lines.end()
        return study

    def test_imported_trials_are_on_the_front_and_are_never_suggested(self):
        study = self.folder_with_a_trial()
        rows = [[round(0.1 * k + 0.03, 2)] * 5 + [18, 0.01 * k, 0.5 - 0.01 * k] for k in range(1, 9)]
        self.assertIn("8 trials imported", self.ok("import", "--dir", "d", self.write(csv_of(rows), "made.csv")))
        front = self.json("pareto", "--dir", "d")["trials"]
        self.assertEqual({t["origin"] for t in front}, {"imported"})
        self.assertEqual(len(front), 8)
        lines = Lines(self, study, "--dir", "d")
        asked = [lines.send({"op": "ask"})["trials"] for _ in range(5)]
        lines.end()
        # budget.trials is 5, and one of them was there: imported ones do not count.
        self.assertEqual([len(trials) for trials in asked], [1, 1, 1, 1, 0])
        self.assertIn("nsga2", asked[0][0]["origin"], "eight imported trials are a population")
        taken = {tuple(row[:5]) for row in rows}
        self.assertFalse(taken & {tuple(trials[0]["params"].values()) for trials in asked if trials})
        self.ok("replay", "--dir", "d")

    def test_the_same_file_again_adds_nothing(self):
        self.folder_with_a_trial()
        file = self.write(csv_of([[0.1] * 5 + [18, 1, 2], [0.2] * 5 + [2, 3, 4]]), "made.csv")
        self.ok("import", "--dir", "d", file)
        before = self.events(self.folder / "d")
        self.assertEqual(self.ok("import", "--dir", "d", file), "0 trials imported, 2 known already\n")
        self.assertEqual(self.events(self.folder / "d"), before)

    def test_a_wrong_row_is_named_and_nothing_is_imported(self):
        self.folder_with_a_trial()
        before = self.events(self.folder / "d")
        rows = [[0.1] * 5 + [18, 1, 2], [7] * 5 + [18, 1, 2], [0.3] * 5 + [18, 1, "x"], [0.4] * 5 + [19, 1, 2]]
        done = self.refused(2, "import", "--dir", "d", self.write(csv_of(rows), "made.csv"),
                            says=["row 2 (line 3)", "x1", "row 3 (line 4)", "f2", "row 4 (line 5)", "19"])
        self.assertNotIn("row 1", done.stderr)
        self.assertEqual(self.events(self.folder / "d"), before)
        self.refused(2, "import", "--dir", "d", "nosuch.csv", says=["nosuch.csv"])
        self.refused(2, "import", "--dir", "nowhere", self.write("[]", "a.json"), says=["nowhere"])

    def test_what_another_study_prints_can_be_imported(self):
        self.folder_with_a_trial()
        rows = [[0.1] * 5 + [2, 1, 2], [0.1] * 5 + [18, 0.5, 2], [0.2] * 5 + [18, 3, 0.1]]
        self.ok("import", "--dir", "d", self.write(csv_of(rows), "made.csv"))
        for number, command in enumerate((("trials",), ("export",))):
            file = self.write(self.ok(*command, "--dir", "d", "--format", "json"), f"old{number}.json")
            Lines(self, self.write(changed(STUDY, seed=number), f"s{number}.json"), "--dir", f"d{number}").end()
            self.assertIn("3 trials imported", self.ok("import", "--dir", f"d{number}", file))
            copies = self.json("trials", "--dir", f"d{number}")["trials"]
            self.assertEqual([t["values"] for t in copies], [t["values"] for t in self.json("trials", "--dir", "d")["trials"]])

    def test_a_running_scheduler_takes_results(self):
        process = self.start("scheduler", self.write(STUDY), "--dir", "d")
        self.wait_for("the scheduler", lambda: (self.folder / "d/scheduler.json").exists() and
                      any(t == "scheduler_started" for _, t, _ in self.events(self.folder / "d")), process=process)
        self.ok("import", "--dir", "d", self.write(csv_of([[0.1] * 5 + [18, 1, 2]]), "made.csv"))
        (trial,) = self.json("trials", "--dir", "d")["trials"]
        self.assertEqual((trial["origin"], trial["state"], trial["values"]), ("imported", "completed", {"f1": 1, "f2": 2}))
        starts = [t for _, t, _ in self.events(self.folder / "d") if t == "scheduler_started"]
        self.assertEqual(len(starts), 1, "the running scheduler wrote it")
        # More than one message holds.
        many = [{"params": {n: (k * 7 + i) % 9973 / 9973 for i, n in enumerate(NAMES)}, "values": {"f1": k, "f2": -k}}
                for k in range(1, 9001)]
        self.assertIn("9000 trials imported", self.ok("import", "--dir", "d", self.write(json.dumps(many), "many.json")))
        self.assertEqual(len(self.json("trials", "--dir", "d")["trials"]), 9001)
