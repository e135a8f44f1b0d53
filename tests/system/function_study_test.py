import json
import shutil
import sqlite3

from faretto import ZDT1, Case, changed


class FunctionStudy(Case):
    def run_study(self, study, folder, *args):
        return self.ok("run", self.write(study), "--dir", folder, *args)

    def results(self, folder):
        trials = self.json("trials", "--dir", folder)["trials"]
        return [(t["id"], t["params"], t["resource"], t["values"], t["state"], t["origin"]) for t in trials]

    def spent(self, folder):
        spent, reported = 0, {}
        for _, kind, body in self.events(folder):
            if kind == "assigned":
                reported[body["assignment"]] = body["from"]
            elif kind == "reported" and not body["superseded"]:
                spent += body["resource"] - reported[body["assignment"]]
                reported[body["assignment"]] = body["resource"]
        return spent

    def test_it_ends_with_a_front_stays_within_its_budget_and_says_that_it_is_finished(self):
        out = self.run_study(ZDT1, "d", "--workers", 2)
        self.assertIn("report.html", out)
        self.assertLessEqual(self.spent(self.folder / "d"), 200)
        self.assertGreater(self.spent(self.folder / "d"), 190)
        front = self.json("pareto", "--dir", "d")
        self.assertTrue(front["trials"])  # how many depends on which worker is faster
        for trial in front["trials"]:
            self.assertEqual(trial["resource"], 18)
            self.assertEqual(trial["state"], "completed")
        events = len(self.events(self.folder / "d"))
        again = self.faretto("run", "study.json", "--dir", "d")
        self.assertEqual(again.returncode, 0)
        self.assertIn("finished", again.stderr)
        self.assertEqual(len([e for e in self.events(self.folder / "d")[events:] if e[1] != "scheduler_started"]), 0)
        report = (self.folder / "d/report.html").read_text()
        self.assertIn("<svg", report)
        self.assertNotIn("http://", report.replace("http://www.w3.org", ""))
        self.ok("replay", "--dir", "d")

    def test_one_worker_gives_the_same_trials_and_values_twice(self):
        self.run_study(ZDT1, "a", "--workers", 1)
        self.run_study(ZDT1, "b", "--workers", 1)
        self.assertEqual(self.results("a"), self.results("b"))

    def test_replay_names_one_altered_value_wherever_it_stands(self):
        self.run_study(ZDT1, "d", "--workers", 2)
        self.assertIn("unaltered", self.ok("replay", "--dir", "d"))
        reports = [(s, b) for s, t, b in self.events(self.folder / "d") if t == "reported"]
        first, body = next((s, b) for s, b in reports if b["resource"] == 2 and b["trial"] >= 0)
        body["values"]["f1"] = body["values"]["f2"] = 1e-6
        last = reports[-1][0]
        for sql, parameters, name in (
                ("UPDATE events SET body = ? WHERE sequence = ?", (json.dumps(body), first), f"event {first}"),
                ("UPDATE events SET body = replace(body, '\"f1\":', '\"f1\":1') WHERE sequence = ?", (last,), f"event {last}"),
                ("UPDATE report_values SET value = value + 1e-9 WHERE sequence = ? AND metric = 'f1'", (last,), "report_values"),
                ("UPDATE params SET value = 0.5 WHERE trial = 1 AND name = 'x2'", (), "params"),
                ("DELETE FROM reports WHERE sequence = ?", (last,), "reports")):
            with self.subTest(sql):
                shutil.rmtree(self.folder / "copy", ignore_errors=True)
                shutil.copytree(self.folder / "d", self.folder / "copy")
                with sqlite3.connect(self.folder / "copy/trials.db") as db:
                    self.assertEqual(db.execute(sql, parameters).rowcount, 1)
                self.refused(1, "replay", "--dir", "copy", says=[name])

    def test_hyperband_and_full_reach_their_ends(self):
        for fidelity in ("hyperband", "full"):
            study = changed(ZDT1, name=fidelity, algorithm={**ZDT1["algorithm"], "fidelity": fidelity})
            self.run_study(study, fidelity, "--workers", 2)
            self.assertTrue(self.json("pareto", "--dir", fidelity)["trials"])
            self.ok("replay", "--dir", fidelity)

    def test_a_study_without_a_searcher_is_modelled_and_derived_again(self):
        for name, fidelity, lookahead in (("asha", "asha", 0), ("ahead", "asha", 2), ("full", "full", 1)):
            algorithm = {"fidelity": fidelity, "min_resource": 2, "max_resource": 18, "lookahead": lookahead}
            study = changed(ZDT1, name=name, algorithm=algorithm, budget={"resource": 400})
            self.run_study(study, name, "--workers", 3)
            trials = self.json("trials", "--dir", name)["trials"]
            self.assertEqual(trials[0]["origin"], "default")
            self.assertIn("bo/gp", [t["origin"] for t in trials])
            self.assertTrue(self.json("pareto", "--dir", name)["trials"])
            self.assertLessEqual(self.spent(self.folder / name), 400)
            self.ok("replay", "--dir", name)
            modelled = next(t["id"] for t in trials if t["origin"] == "bo/gp")
            self.assertRegex(self.ok("show", modelled, "--dir", name), r"expected f1 +\S+, standard deviation \S+")

    def test_a_raised_budget_goes_on_and_a_changed_space_is_refused(self):
        self.run_study(ZDT1, "d", "--workers", 1)
        before = self.results("d")
        self.run_study(changed(ZDT1, budget={"resource": 260}), "d", "--workers", 1)
        after = self.results("d")
        self.assertGreater(self.spent(self.folder / "d"), 240)
        self.assertEqual([t[:2] for t in after[:len(before)]], [t[:2] for t in before])
        other = changed(ZDT1, seed=5)
        self.refused(2, "run", self.write(other), "--dir", "d", says=["seed"])

    def test_status_says_what_a_worker_without_work_waits_for(self):
        # The one trial is under way, and as long as it is there may be no other; only the end of the test ends it.
        study = changed(ZDT1, budget={"trials": 1}, trainer={**ZDT1["trainer"], "sleep_s": 60})
        process = self.start("run", self.write(study), "--dir", "d", "--workers", 2)
        waiting = self.wait_for("a worker without work", lambda: [
            line for line in self.faretto("status", "--dir", "d").stdout.splitlines() if line.startswith("idle workers")], process=process)
        self.assertEqual(waiting[0].split(None, 2)[2], "waiting for results")

    def test_fresh_starts_anew(self):
        self.run_study(ZDT1, "d", "--workers", 1)
        self.run_study(changed(ZDT1, seed=8), "d", "--workers", 1, "--fresh")
        self.assertEqual(self.json("status", "--dir", "d")["study"], "zdt1")
        self.assertEqual(json.loads((self.folder / "d/study.json").read_text())["seed"], 8)

    def test_queries_filter_sort_and_speak_three_formats(self):
        self.run_study(ZDT1, "d", "--workers", 2)
        rows = self.json("trials", "--dir", "d", "--where", "resource == 18 and f1 < 0.9", "--sort", "f1:desc")["trials"]
        self.assertTrue(rows)
        self.assertTrue(all(r["resource"] == 18 and r["values"]["f1"] < 0.9 for r in rows))
        self.assertEqual([r["values"]["f1"] for r in rows], sorted((r["values"]["f1"] for r in rows), reverse=True))
        csv = self.ok("trials", "--dir", "d", "--format", "csv").splitlines()
        self.assertEqual(len(csv) - 1, len(self.json("trials", "--dir", "d")["trials"]))
        self.ok("export", "--dir", "d", "--format", "csv", "--output", "all.csv")
        self.assertIn("f1", (self.folder / "all.csv").read_text().splitlines()[0])
        whole = json.loads(self.ok("export", "--dir", "d", "--format", "json"))
        self.assertEqual(len(whole["trials"]), len(csv) - 1)
        shown = self.json("show", rows[0]["id"], "--dir", "d")
        self.assertEqual([r["resource"] for r in shown["reports"]][-1], 18)
        self.refused(2, "pareto", "--dir", "d", "--resource", 19, says=["18", "19"])
        self.refused(2, "importance", "--dir", "d", "--resource", 19, says=["18", "19"])

    def test_enqueue_goes_first_and_stop_ends(self):
        slow = changed(ZDT1, trainer={**ZDT1["trainer"], "sleep_s": 0.2})
        process = self.start("run", self.write(slow), "--dir", "d", "--workers", 1)
        self.wait_for("the first report", lambda: any(t == "reported" for _, t, _ in self.events(self.folder / "d")),
                      process=process)
        params = {f"x{i}": 0.125 for i in range(1, 6)}
        trial = self.ok("enqueue", "--dir", "d", "--params", json.dumps(params)).split()[1]
        self.refused(2, "enqueue", "--dir", "d", "--params", json.dumps(params), says=["already"])
        self.refused(2, "enqueue", "--dir", "d", "--params", '{"x1": 7}', says=["x1"])
        self.wait_for("the enqueued trial's report", lambda: any(
            t == "reported" and str(b["trial"]) == trial for _, t, b in self.events(self.folder / "d")), process=process)
        self.ok("stop", "--dir", "d")
        self.finish(process)
        states = {t["state"] for t in self.json("trials", "--dir", "d")["trials"]}
        self.assertFalse(states & {"running", "waiting"}, states)
