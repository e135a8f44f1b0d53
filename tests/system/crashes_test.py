"""Real processes, really killed: nothing acknowledged is lost, nothing counts twice."""
import json
import os
import pathlib
import signal
import subprocess

from faretto import ZDT1, Case, changed

SLOW = changed(ZDT1, trainer={**ZDT1["trainer"], "sleep_s": 0.05}, budget={"resource": 120})


class Crashes(Case):
    def setUp(self):
        super().setUp()
        self.study = self.write(SLOW)
        self.dir = self.folder / "d"

    def reports(self):
        return [b for _, t, b in self.events(self.dir) if t == "reported" and not b["superseded"]]

    def check_record(self, expect_full_budget=True):
        events = self.events(self.dir)
        self.assertEqual([s for s, _, _ in events], list(range(1, len(events) + 1)))
        counted = set()
        for body in self.reports():
            key = (body["assignment"], body["resource"])
            self.assertNotIn(key, counted, "a report counted twice")
            counted.add(key)
        created = [json.dumps(b["params"], sort_keys=True) for _, t, b in events if t == "trial_created"]
        self.assertEqual(len(created), len(set(created)), "a configuration was suggested twice")
        self.assertEqual(events[-1][1] if events[-1][1] != "worker_left" else "study_finished", "study_finished")
        status = self.json("status", "--dir", self.dir)
        self.assertTrue(status["finished"])
        self.ok("replay", "--dir", self.dir)

    def start_apart(self):
        scheduler = self.start("scheduler", self.study, "--dir", self.dir)
        self.wait_for("the scheduler", lambda: (self.dir / "scheduler.json").exists(), process=scheduler)
        workers = [self.start("worker", "--dir", self.dir, "--name", f"w{i}") for i in range(2)]
        return scheduler, workers

    def test_kill_the_scheduler_workers_go_on_with_the_next_one(self):
        scheduler, workers = self.start_apart()
        for kills in (1, 2):
            seen = self.wait_for("reports", lambda: len(self.reports()) >= 12 * kills and self.reports(), process=scheduler)
            scheduler.send_signal(signal.SIGKILL)
            scheduler.wait()
            scheduler = self.start("scheduler", self.study, "--dir", self.dir)
            self.assertEqual(self.reports()[:len(seen)], seen)
        self.finish(scheduler)
        for worker in workers:
            self.finish(worker)
        self.check_record()

    def test_kill_a_training_process_and_the_trial_goes_on(self):
        scheduler, workers = self.start_apart()
        self.wait_for("reports", lambda: len(self.reports()) >= 6, process=scheduler)
        os.kill(self.wait_for("a worker", lambda: self.training_process(self.dir)), signal.SIGKILL)
        self.finish(scheduler)
        for worker in workers:
            self.finish(worker)
        self.check_record()
        failures = [b for _, t, b in self.events(self.dir) if t == "assignment_failed"]
        lost = [b for _, t, b in self.events(self.dir) if t == "lease_expired"]
        self.assertLessEqual(len(failures) + len(lost), 1)
        for failure in failures:
            self.assertIn("signal 9", failure["reason"])

    def test_kill_a_whole_worker_and_its_lease_runs_out(self):
        scheduler, workers = self.start_apart()
        self.wait_for("reports", lambda: len(self.reports()) >= 6, process=scheduler)
        os.killpg(workers[0].pid, signal.SIGKILL)
        self.finish(scheduler)
        self.finish(workers[1])
        self.check_record()

    def test_kill_everything_and_run_again(self):
        for reports in (8, 20, 40):
            process = self.start("run", self.study, "--dir", self.dir, "--workers", 2)
            self.wait_for("reports", lambda: len(self.reports()) >= reports, process=process)
            process.send_signal(signal.SIGKILL)
            process.wait()
            seen = self.reports()
        process = self.start("run", self.study, "--dir", self.dir, "--workers", 2)
        self.finish(process)
        self.assertEqual(self.reports()[:len(seen)], seen)
        self.check_record()

    def test_with_lookahead_kill_everything_and_run_again(self):
        self.study = self.write(changed(SLOW, algorithm={**SLOW["algorithm"], "lookahead": 3}))
        for reports in (8, 20, 40):
            process = self.start("run", self.study, "--dir", self.dir, "--workers", 2)
            self.wait_for("reports", lambda: len(self.reports()) >= reports, process=process)
            process.send_signal(signal.SIGKILL)
            process.wait()
        self.finish(self.start("run", self.study, "--dir", self.dir, "--workers", 2))
        answered = {b["suggestion"]: s for s, t, b in self.events(self.dir) if t in ("trial_created", "trial_promoted")}
        bases = {b["suggestion"]: b["basis"] for _, t, b in self.events(self.dir) if t == "suggestion_requested"}
        self.assertEqual([bases[i] for i in range(3)], [0, 0, 0])
        for i in range(3, 15):
            self.assertEqual(bases[i], answered[i - 3], i)
        self.check_record()

    def test_interrupt_drains_and_resumes(self):
        process = self.start("run", self.study, "--dir", self.dir, "--workers", 2)
        self.wait_for("reports", lambda: len(self.reports()) >= 8, process=process)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(60), 130, self.log_of(process))
        self.assertIn("resumes", self.log_of(process))
        losses = [t for _, t, _ in self.events(self.dir) if t in ("lease_expired", "assignment_failed")]
        self.assertEqual(losses, [], "a drain is free")
        process = self.start("run", self.study, "--dir", self.dir, "--workers", 2)
        self.finish(process)
        self.check_record()

    def test_a_second_scheduler_is_refused_and_a_takeover_replaces(self):
        scheduler, workers = self.start_apart()
        self.wait_for("reports", lambda: len(self.reports()) >= 4, process=scheduler)
        self.refused(1, "scheduler", self.study, "--dir", self.dir, says=[str(scheduler.pid)])
        second = self.start("scheduler", self.study, "--dir", self.dir, "--takeover")
        self.assertEqual(scheduler.wait(60), 1)
        self.finish(second)
        for worker in workers:
            self.finish(worker)
        self.check_record()

    def test_a_run_gives_way_to_a_run(self):
        first = self.start("run", self.study, "--dir", self.dir, "--workers", 2)
        self.wait_for("reports", lambda: len(self.reports()) >= 4, process=first)
        second = self.start("run", self.study, "--dir", self.dir, "--workers", 2, "--takeover")
        self.assertEqual(first.wait(60), 1)
        self.assertIn("a newer scheduler has taken over", self.log_of(first))
        self.finish(second)
        self.check_record()

    def test_a_worker_that_is_told_to_leave_hands_back(self):
        scheduler, workers = self.start_apart()
        self.wait_for("reports", lambda: len(self.reports()) >= 6, process=scheduler)
        workers[0].send_signal(signal.SIGTERM)
        self.assertEqual(workers[0].wait(60), 0, self.log_of(workers[0]))
        self.finish(scheduler)
        self.finish(workers[1])
        losses = [t for _, t, _ in self.events(self.dir) if t in ("lease_expired", "assignment_failed")]
        self.assertEqual(losses, [])
        self.check_record()

    def test_a_disk_that_fills_up_is_said_at_once_and_the_study_goes_on_with_room(self):
        disk = self.small_disk()
        study = self.write(changed(ZDT1, budget={"trials": 60}))
        done = self.refused(1, "run", study, "--dir", disk / "study", "--workers", 2, says=["the disk is full", "trials.db"])
        self.assertNotIn("every worker ended", done.stderr)
        subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
        self.ok("run", study, "--dir", disk / "study", "--workers", 2)
        self.ok("replay", "--dir", disk / "study")

    def test_workers_over_tcp_need_a_key(self):
        scheduler = self.start("scheduler", self.study, "--dir", self.dir, "--bind", "tcp://127.0.0.1:*")
        self.wait_for("the scheduler", lambda: (self.dir / "scheduler.json").exists(), process=scheduler)
        endpoint = json.loads((self.dir / "scheduler.json").read_text())["endpoint"]
        keys = self.dir / "keys"
        self.assertEqual(keys.stat().st_mode & 0o777, 0o700)
        self.ok("keys", "add", "far", "--dir", self.dir)
        worker = self.start("worker", "--connect", endpoint, "--server-key", keys / "scheduler.public",
                            "--client-key", keys / "far.secret", "--name", "far")
        # With the keys folder at hand the local pair is found beside the scheduler's key.
        near = self.start("worker", "--connect", endpoint, "--server-key", keys / "scheduler.public", "--name", "near")
        self.finish(scheduler)
        self.finish(worker)
        self.finish(near)
        self.assertEqual({b["worker"] for _, t, b in self.events(self.dir) if t == "assigned"}, {"far", "near"})
        self.check_record()
