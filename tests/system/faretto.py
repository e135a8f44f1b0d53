"""Starts the real `faretto` and reads what it prints. Every test works in a folder of its own."""
import contextlib
import json
import os
import pathlib
import select
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
import unittest

SOURCE = pathlib.Path(os.environ.get("FARETTO_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
BIN = pathlib.Path(os.environ.get("FARETTO_BIN", SOURCE / "build/bin"))
FARETTO = str(BIN / "faretto")

ZDT1 = {
    "name": "zdt1", "seed": 3,
    "space": {"parameters": [{"name": f"x{i}", "type": "float", "low": 0, "high": 1} for i in range(1, 6)]},
    "objectives": [{"name": "f1", "reference": 11}, {"name": "f2", "reference": 11}],
    "algorithm": {"searcher": "nsga2", "fidelity": "asha", "min_resource": 2, "max_resource": 18, "population": 8},
    "budget": {"resource": 200},
    "trainer": {"type": "function", "problem": "zdt1"},
}


def changed(study, **parts):
    """A deep copy of the study with top-level parts replaced; None removes one."""
    copy = json.loads(json.dumps(study))
    for name, value in parts.items():
        if value is None:
            copy.pop(name, None)
        else:
            copy[name] = value
    return copy


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="faretto-test-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, content, name="study.json"):
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def faretto(self, *args, stdin="", timeout=300):
        return subprocess.run([FARETTO, *map(str, args)], input=stdin, capture_output=True, text=True,
                              timeout=timeout, cwd=self.folder)

    def ok(self, *args, **options):
        done = self.faretto(*args, **options)
        self.assertEqual(done.returncode, 0, f"{args}\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def json(self, *args):
        return json.loads(self.ok(*args, "--format", "json"))

    def refused(self, code, *args, says=(), **options):
        """The command ends with `code` and one sentence on standard error that holds all of `says`."""
        done = self.faretto(*args, **options)
        what = f"{args}\nexit {done.returncode}\n{done.stdout}\n{done.stderr}"
        self.assertEqual(done.returncode, code, what)
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        self.assertTrue(lines, what)
        for word in says:
            self.assertIn(word, done.stderr, what)
        self.assertNotIn("terminate called", done.stderr, what)
        self.assertNotIn("json.exception", done.stderr, what)
        return done

    def small_disk(self):
        """A file system of 256 KiB, in memory."""
        if os.geteuid() != 0:
            self.skipTest("mounting a small tmpfs needs root")
        disk = self.folder / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], check=True)
        self.addCleanup(subprocess.run, ["umount", str(disk)], check=True)
        return disk

    def start(self, *args, **options):
        """Runs in the background, in its own process group; killed at the end of the test."""
        log = open(self.folder / f"{args[0]}-{time.monotonic_ns()}.log", "w+")
        process = subprocess.Popen([FARETTO, *map(str, args)], cwd=self.folder, stdout=log, stderr=log,
                                   stdin=subprocess.DEVNULL, start_new_session=True, **options)
        process.log = log

        def end():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            log.close()
        self.addCleanup(end)
        return process

    def log_of(self, process):
        process.log.flush()
        return pathlib.Path(process.log.name).read_text()

    def events(self, study):
        """The record, as (sequence, type, body), read while a scheduler may be writing."""
        with contextlib.closing(sqlite3.connect(f"file:{study}/trials.db?mode=ro", uri=True, timeout=30)) as db:
            return [(s, t, json.loads(b)) for s, t, b in db.execute("SELECT sequence, type, body FROM events ORDER BY sequence")]

    def wait_for(self, what, condition, timeout=120, process=None):
        """Polls until the condition holds: an event of another program is waited for, not a time."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            with contextlib.suppress(sqlite3.OperationalError, FileNotFoundError):
                value = condition()
                if value:
                    return value
            if process is not None and process.poll() is not None:
                value = condition()
                if value:
                    return value
                self.fail(f"the program ended before {what}: exit {process.returncode}\n{self.log_of(process)}")
            select.select([], [], [], 0.02)
        self.fail(f"waited {timeout} s in vain for {what}" + (f"\n{self.log_of(process)}" if process else ""))

    def training_process(self, study):
        """The pid of a faretto-worker that trains for this study folder; None if there is none."""
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                command = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
                folder = os.readlink(f"/proc/{pid}/cwd")
            except OSError:
                continue
            if not command[0].endswith("faretto-worker") or "run" not in command:
                continue
            if any(os.path.join(folder, word) == str(study) for word in command):
                return int(pid)
        return None

    def finish(self, process, timeout=240):
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.fail(f"did not end within {timeout} s\n{self.log_of(process)}")
        self.assertEqual(code, 0, self.log_of(process))


class Lines:
    """A conversation with `faretto ask-tell`."""

    def __init__(self, case, *args):
        self.case = case
        self.process = subprocess.Popen([FARETTO, "ask-tell", *map(str, args)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1,
                                        cwd=case.folder)
        case.addCleanup(self.close)

    def send(self, request):
        line = request if isinstance(request, str) else json.dumps(request)
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            self.case.fail(f"no answer to {line}: {self.process.stderr.read()}")
        return json.loads(answer)

    def end(self):
        self.process.stdin.close()
        return self.process.wait(30)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            with contextlib.suppress(OSError):
                stream.close()
