import contextlib
import json
import os
import socket
import sqlite3
import stat
import subprocess

from faretto import FARETTO, ZDT1, Case, Lines, changed


class StudyFiles(Case):
    def refused_study(self, study, *says):
        path = self.write(study)
        for command in (("run", path, "--dir", "never"), ("ask-tell", path), ("space", path)):
            self.refused(2, *command, says=[*says])
        self.assertFalse((self.folder / "never").exists(), "something was written")

    def space(self, **parts):
        return changed(ZDT1, space={"parameters": [{"name": "x1", "type": "float", "low": 0, "high": 1},
                                                   {"name": "x2", "type": "float", "low": 0, "high": 1}], **parts})

    def test_not_json(self):
        self.refused_study('{"name": ', "study.json", "line 1")
        self.refused_study("", "study.json")
        self.refused_study("[" * 100000, "study.json", "nested")

    def test_not_utf8(self):
        (self.folder / "study.json").write_bytes(b'{"name": "\xff"}')
        self.refused(2, "run", "study.json", says=["study.json"])

    def test_unknown_key_with_the_nearest_name(self):
        self.refused_study(changed(ZDT1, objectve=[]), "objectve", "objectives")

    def test_wrong_type(self):
        self.refused_study(changed(ZDT1, objectives={"name": "f1"}), "objectives")
        self.refused_study(changed(ZDT1, seed="one"), "seed")

    def test_spaces(self):
        def one(**parameter):
            return changed(ZDT1, space={"parameters": [{"name": "x1", "type": "float", "low": 0, "high": 1, **parameter}]})
        self.refused_study(one(low=2), "space.parameters[0]", "low")
        self.refused_study(one(log=True), "space.parameters[0]", "log")
        self.refused_study(one(default=3), "default")
        self.refused_study(one(type="categorical", low=None, high=None), "space.parameters[0]")
        self.refused_study(self.space(parameters=[{"name": "x1", "type": "int", "low": 0, "high": 1}] * 2), "x1")
        self.refused_study(self.space(conditions=[{"parameter": "x9", "active_when": {"x1": [1]}}]), "x9", "x1")
        a = {"name": "a", "type": "categorical", "choices": ["0", "1"]}
        b = {"name": "b", "type": "categorical", "choices": ["0", "1"]}
        self.refused_study(self.space(parameters=[a, b], conditions=[
            {"parameter": "a", "active_when": {"b": ["1"]}}, {"parameter": "b", "active_when": {"a": ["1"]}}]), "cycle")
        self.refused_study(self.space(parameters=[a], forbidden=[{"a": ["0"]}, {"a": ["1"]}]), "forbidden")

    def test_algorithm_and_trainer(self):
        self.refused_study(changed(ZDT1, algorithm={"searcher": "nsga3"}), "algorithm.searcher", "nsga2")
        self.refused_study(changed(ZDT1, algorithm={"fidelity": "ash"}), "algorithm.fidelity", "asha")
        self.refused_study(changed(ZDT1, trainer={"type": "functions", "problem": "zdt1"}), "function")
        self.refused_study(changed(ZDT1, objectives=[{"name": "f3"}]), "f3")

    def test_resources_and_numbers_that_cannot_be(self):
        self.refused_study(changed(ZDT1, algorithm={"min_resource": 5}), "algorithm.min_resource")
        self.refused_study(changed(ZDT1, name=""), "name")
        self.refused_study(json.dumps(ZDT1).replace('"seed": 3', '"seed": ' + "9" * 30), "2^53")
        self.refused_study(self.space(parameters=[{"name": "a", "type": "categorical", "choices": ["x", "y"]}]), "zdt1")

    def test_a_missing_study_file(self):
        self.refused(2, "run", "nowhere.json", says=["nowhere.json"])


class Folders(Case):
    def test_a_folder_of_another_study_is_left_alone(self):
        study = self.write(changed(ZDT1, trainer=None))
        self.ok("ask-tell", study, "--dir", "kept", stdin='{"op":"ask"}\n')
        before = (self.folder / "kept/study.json").read_bytes()
        other = self.write(changed(ZDT1, trainer=None, seed=99), "other.json")
        self.refused(2, "ask-tell", other, "--dir", "kept", says=["kept", "seed"])
        self.assertEqual((self.folder / "kept/study.json").read_bytes(), before)

    def test_an_unwritable_folder(self):
        study = self.write(changed(ZDT1, trainer=None))
        self.refused(1, "ask-tell", study, "--dir", "/proc/faretto", says=["/proc/faretto"])
        self.refused(1, "run", self.write(ZDT1), "--dir", "/proc/faretto", says=["/proc/faretto"])

    def test_a_folder_without_a_study(self):
        for command in (("trials",), ("pareto",), ("status",), ("show", "0"), ("report",), ("replay",),
                        ("stop",), ("retry", "0"), ("enqueue", "--params", "{}"), ("retrain", "--trial", "0")):
            self.refused(2, *command, "--dir", self.folder, says=[str(self.folder)])

    def test_unknown_trials_and_filters_that_do_not_parse(self):
        study = self.write(changed(ZDT1, trainer=None))
        self.ok("ask-tell", study, "--dir", "kept", stdin='{"op":"ask"}\n')
        for command in (("show", "7"), ("logs", "7"), ("retry", "7"), ("stop", "--trial", "7")):
            self.refused(3, *command, "--dir", "kept", says=["no trial 7", "kept", "numbered from 0"])
        self.refused(2, "retrain", "--trial", "0", "--dir", "kept", says=["kept has no trainer"])
        for where in ("f1 <", "f1 < 0.1 and", "(f1 < 1", "f9 < 1", "f1 << 2", "'"):
            self.refused(2, "trials", "--dir", "kept", "--where", where)
        self.refused(2, "trials", "--dir", "kept", "--sort", "f9")
        self.refused(2, "trials", "--dir", "kept", "--format", "xml", says=["xml"])
        self.refused(2, "pareto", "--dir", "kept", "--objectives", "f1,nothing", says=["nothing"])

    def test_a_name_that_is_too_long(self):
        self.refused(1, "run", self.write(ZDT1), "--dir", "d" * 300)

    def test_output_never_replaces_a_pipe(self):
        study = self.write(changed(ZDT1, trainer=None))
        self.ok("ask-tell", study, "--dir", "kept", stdin='{"op":"ask"}\n')
        os.mkfifo(self.folder / "pipe")
        reader = os.open(self.folder / "pipe", os.O_RDWR)
        self.addCleanup(os.close, reader)
        self.ok("export", "--dir", "kept", "--format", "json", "--output", "pipe")
        self.assertTrue(stat.S_ISFIFO(os.stat(self.folder / "pipe").st_mode))
        self.assertIn(b"trials", os.read(reader, 65536))

    def test_an_exported_database_needs_a_file_that_can_be_replaced(self):
        study = self.write(changed(ZDT1, trainer=None))
        self.ok("ask-tell", study, "--dir", "kept", stdin='{"op":"ask"}\n')
        export = ("export", "--dir", "kept", "--format", "optuna")
        for output in ((), ("--output", "-")):
            self.assertEqual(self.refused(2, *export, *output, says=["--output"]).stdout, "")
        self.refused(1, *export, "--output", "no/such/folder.db", says=["no/such/folder.db"])
        self.refused(2, "export", "--dir", "none", "--format", "optuna", "--output", "o.db", says=["none"])
        self.refused(2, *export, "--output", "kept/trials.db", says=["record"])
        with contextlib.closing(Lines(self, study, "--dir", "kept")) as session:
            session.send({"op": "pending"})
            self.assertTrue((self.folder / "kept/trials.db-wal").exists())
            self.refused(2, *export, "--output", "kept/trials.db", says=["own record"])
        (self.folder / "o.db").write_text("before")
        (self.folder / "o.db-journal").write_text("")
        self.refused(1, *export, "--output", "o.db", says=["o.db-journal"])
        self.assertEqual((self.folder / "o.db").read_text(), "before")
        os.unlink(self.folder / "o.db-journal")
        self.ok(*export, "--output", "o.db")
        with contextlib.closing(sqlite3.connect(self.folder / "o.db")) as db:
            self.assertEqual(db.execute("SELECT number, state FROM trials").fetchall(), [(0, "RUNNING")])
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["kept", "o.db", "study.json"])

    def test_fresh_does_not_remove_a_study_of_another_name(self):
        self.ok("ask-tell", self.write(changed(ZDT1, trainer=None)), "--dir", "kept", stdin='{"op":"ask"}\n')
        self.refused(2, "run", self.write(changed(ZDT1, name="other"), "other.json"), "--dir", "kept", "--fresh",
                     says=["zdt1", "other"])
        self.assertTrue((self.folder / "kept/trials.db").exists())

    def test_endpoints_that_are_none(self):
        for endpoint in ("", "tcp://*", "tcp://127.0.0.1:99999", "tcp://127.0.0.1:-5", "ipc://x"):
            self.refused(2, "scheduler", self.write(ZDT1), "--dir", "d", "--bind", endpoint, says=["--bind"])

    def test_a_busy_port(self):
        with socket.socket() as busy:
            busy.bind(("127.0.0.1", 0))
            busy.listen()
            port = busy.getsockname()[1]
            self.refused(1, "scheduler", self.write(ZDT1), "--dir", "d", "--bind", f"tcp://127.0.0.1:{port}",
                         says=[str(port)])

    def test_a_full_disk(self):
        disk = self.small_disk()
        study = self.write(changed(ZDT1, trainer=None))
        (disk / "filler").write_bytes(b"x" * 40960)
        stdin = "".join('{"op":"ask","n":20}\n' for _ in range(200))
        done = self.refused(1, "ask-tell", study, "--dir", disk / "study", stdin=stdin, says=["disk"])
        answered = done.stdout.count("\n")
        os.unlink(disk / "filler")
        (disk / "filler").write_bytes(b"")
        subprocess.run(["mount", "-o", "remount,size=8m", str(disk)], check=True)
        again = self.ok("ask-tell", study, "--dir", disk / "study", stdin='{"op":"pending"}\n')
        self.assertGreaterEqual(again.count('"id"'), done.stdout.count('"id"'), "something acknowledged was lost")
        self.assertGreater(answered, 0)


class Output(Case):
    def to(self, output, *args, stdin=""):
        return subprocess.run([FARETTO, *map(str, args)], input=stdin, stdout=output, stderr=subprocess.PIPE, text=True,
                              timeout=60, cwd=self.folder)

    def test_a_reader_that_has_seen_enough_is_no_error(self):
        study = self.write(changed(ZDT1, trainer=None))
        self.ok("ask-tell", study, "--dir", "kept", stdin='{"op":"ask"}\n')
        for command in (("trials",), ("pareto",), ("status",), ("status", "--watch"), ("show", "0"), ("workers",), ("replay",),
                        ("export", "--format", "csv"), ("report",), ("keys", "list"), ("stop",), ("ask-tell", study), ("--help",)):
            reader, writer = os.pipe()
            os.close(reader)
            args = command if command == ("--help",) else (*command, "--dir", "kept")
            done = self.to(writer, *args, stdin='{"op":"ask"}\n')
            os.close(writer)
            self.assertEqual((done.returncode, done.stderr), (0, ""), command)
        (pending,) = json.loads(self.ok("ask-tell", study, "--dir", "kept", stdin='{"op":"pending"}\n'))["trials"][1:]
        self.assertEqual(pending["id"], 1, "an answer that nobody read is kept as asked")

    def test_an_output_that_cannot_be_written_to_is_one(self):
        study = self.write(changed(ZDT1, trainer=None))
        self.ok("ask-tell", study, "--dir", "kept", stdin='{"op":"ask"}\n')
        for command in (("trials", "--dir", "kept"), ("ask-tell", study, "--dir", "kept"), ("trials", "--help"), ("--help",), ("--version",)):
            with open("/dev/full", "w") as full:
                done = self.to(full, *command, stdin='{"op":"pending"}\n')
            self.assertEqual((done.returncode, done.stderr), (1, "faretto: cannot write to standard output\n"), command)


class CommandLine(Case):
    def test_help_and_unknown_words(self):
        self.assertIn("faretto run", self.ok("--help"))
        self.refused(2, "rnu", says=["rnu", "run"])
        self.refused(2, "trials", "--dri", "x", says=["--dir"])
        self.refused(2, "trials", says=["--dir"])

    def test_every_command_has_help_with_its_usage_and_an_example(self):
        listed = [line.split()[0] for line in self.ok("--help").split("Commands:\n")[1].split("\n\n")[0].splitlines()]
        self.assertGreater(len(listed), 15)
        for command in listed:
            page = self.ok(command, "--help")
            self.assertIn(f"Usage: faretto {command}", page)
            self.assertIn(f"faretto {command}", page.split("\nExamples:\n")[1])
            self.assertEqual(page, self.ok(command, "-h"))
            self.refused(2, command, "--no-such-option", says=["--no-such-option", f"faretto {command} --help"])

    def test_it_links_no_libtorch(self):
        printed = subprocess.run(["ldd", FARETTO], capture_output=True, text=True, check=True).stdout
        names = " ".join(line.split()[0] for line in printed.splitlines())  # an address may spell "c10"
        self.assertIn("libsqlite3", names)
        for library in ("torch", "c10", "opencv", "mpi", "nccl"):
            self.assertNotIn(library, names)
