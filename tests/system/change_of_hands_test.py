"""A study folder that goes from ask-tell to workers and back, and a stopped one that is retrained."""
from faretto import ZDT1, Case, Lines, changed


class ChangeOfHands(Case):
    def test_workers_train_what_ask_tell_had_asked_and_the_study_ends(self):
        study = self.write(changed(ZDT1, budget={"resource": 20}))
        lines = Lines(self, study, "--dir", self.folder / "d")
        self.assertEqual(len(lines.send({"op": "ask", "n": 2})["trials"]), 2)
        self.assertEqual(lines.end(), 0)
        self.ok("run", study, "--dir", "d", "--workers", 1, timeout=60)
        self.assertEqual([t["id"] for t in self.json("trials", "--dir", "d")["trials"] if t["state"] == "running"], [])
        self.ok("replay", "--dir", "d")
        lines = Lines(self, study, "--dir", self.folder / "d")
        self.assertEqual(lines.send({"op": "pending"}), {"trials": []})
        self.assertTrue(lines.send({"op": "ask"})["finished"])
        self.assertEqual(lines.end(), 0)

    def test_a_fail_through_ask_tell_cannot_be_retried(self):
        study = self.write(ZDT1)
        lines = Lines(self, study, "--dir", self.folder / "d")
        (trial,) = lines.send({"op": "ask"})["trials"]
        lines.send({"op": "fail", "id": trial["id"], "reason": "out of memory"})
        self.assertEqual(lines.end(), 0)
        self.refused(2, "retry", trial["id"], "--dir", "d", says=["final"])

    def test_a_retraining_does_not_go_on_with_a_study_that_was_stopped(self):
        trainer = {**ZDT1["trainer"], "sleep_s": 0.2}
        study = self.write(changed(ZDT1, budget={"trials": 12}, trainer=trainer))
        run = self.start("run", study, "--dir", "d", "--workers", 1)
        self.wait_for("a finished assignment", lambda: any(
            t == "assignment_completed" for _, t, _ in self.events(self.folder / "d")), process=run)
        self.ok("stop", "--dir", "d")
        self.finish(run)
        trials = len(self.json("trials", "--dir", "d")["trials"])
        self.assertLess(trials, 12)
        for _ in range(2):
            self.ok("retrain", "--dir", "d", "--trial", 0, "--seeds", 1, "--resource", 1, "--workers", 1)
        self.assertEqual(len(self.json("trials", "--dir", "d")["trials"]), trials)
