"""How `Scripts/bench.py` runs programs: pinned, in turn, with the time and memory that they took."""

import json
import os
import shlex
import subprocess
import time

from bench_data import ROOT, Failed


class Runner:
    """Runs both sides of a comparison and remembers with which commands."""

    def __init__(self, options, data):
        self.options, self.data = options, data
        self.cores = sorted(os.sched_getaffinity(0))
        self.core = options.core if options.core is not None else self.cores[-1]
        self.start_row()

    def start_row(self):
        """Forgets the commands, and notes how busy the machine is."""
        self.commands, self.load = [], round(os.getloadavg()[0], 2)

    def alternate(self, *sides, runs=None):
        """Runs the sides in turn and returns what each returned, run by run."""
        results = [[] for _ in sides]
        for _ in range(runs or self.options.runs):
            for side, values in zip(sides, results, strict=True):
                values.append(side())
        return results

    def count(self, model, texts, jobs=1, kernel=None, plain=False):
        """`tokenstats count` of texts; of a plain text one pass, since what counts there is the first."""
        options = ["--jobs", str(jobs), "--timing", "--json", "--total", *(["--text"] if plain else ["--passes", "6"])]
        cores = None if jobs == 1 else self.cores[:jobs]
        variables = {"TOKENSTATS_KERNEL": kernel} if kernel else {}
        return self.json(
            [self.data.program, "count", "--model", model, *options, texts], cores=cores, variables=variables
        )

    def count_apart(self, model, texts):
        """MB/s of one process on each core, all at once, added up: how much more cores give at all on this machine."""
        options = ["--jobs", "1", "--timing", "--json", "--total", "--passes", "6"]
        commands = [
            ["taskset", "-c", str(core), self.data.program, "count", "--model", model, *options, texts]
            for core in self.cores[:2]
        ]
        running = []
        for command in commands:
            self.remember(command)
            running.append(subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True))
        printed = [process.communicate()[0] for process in running]
        if any(process.returncode != 0 for process in running):
            raise Failed(f"`{shlex.join(commands[0])}` failed beside another of its kind")
        return sum(json.loads(text)["timing"]["megabytes_per_second"] for text in printed)

    def peer(self, model, texts, passes):
        script = os.path.join(ROOT, "Scripts", "measure_peer.py")
        tokenizer = os.path.join(self.data.tokenizer(model), "tokenizer.json")
        return self.json([self.data.python, script, "gigatoken", tokenizer, texts, "--passes", str(passes)])

    def wheel(self, form, model, texts, passes=6):
        """The Python package, or tokenizers in the same place."""
        script = os.path.join(ROOT, "Scripts", "measure_wheel.py")
        tokenizer = os.path.join(self.data.tokenizer(model), "tokenizer.json")
        command = [self.data.python, script, form, model, tokenizer, texts, "--passes", str(passes)]
        return self.json(command, variables={"PYTHONPATH": self.data.wheel()})

    def gigatoken(self, path, texts, passes):
        """gigatoken with a file."""
        script = os.path.join(ROOT, "Scripts", "measure_peer.py")
        return self.json([self.data.python, script, "gigatoken", path, texts, "--passes", str(passes)])

    def tokenizers(self, path, texts, passes):
        """Hugging Face tokenizers with a file."""
        script = os.path.join(ROOT, "Scripts", "measure_peer.py")
        return self.json([self.data.python, script, "tokenizers", path, texts, "--passes", str(passes)])

    def yardstick(self, library, model, texts, megabytes, runs=5):
        script = self.data.shared("bench", "peers.py")
        options = ["--megabytes", str(megabytes), "--runs", str(runs), "--core", str(self.core)]
        return self.json([self.data.python, script, library, self.data.tokenizer(model), texts, *options])

    def json(self, command, cores=None, variables=None):
        """What a pinned command prints as JSON."""
        command = ["taskset", "-c", ",".join(map(str, cores or [self.core])), *command]
        self.remember(command, variables)
        environment = {**os.environ, **(variables or {})}
        result = subprocess.run(
            command,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            text=True,
            env=environment,
            check=False,
        )
        if result.returncode != 0:
            raise Failed(
                f"`{shlex.join(command)}` ended with {result.returncode}: {' '.join(result.stderr.split())[-500:]}"
            )
        return json.loads(result.stdout)

    def measure(self, command, pinned=True):
        """The seconds that a command takes from its start to its end, and its peak memory in bytes."""
        self.remember(["taskset", "-c", str(self.core), *command] if pinned else command)
        quiet = [
            (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
        ]
        # Inherited: starting taskset would be a part of what is measured.
        os.sched_setaffinity(0, [self.core] if pinned else self.cores)
        start = time.perf_counter()
        process = os.posix_spawnp(command[0], command, os.environ, file_actions=quiet)
        _, status, usage = os.wait4(process, 0)
        seconds = time.perf_counter() - start
        os.sched_setaffinity(0, self.cores)
        if status != 0:
            raise Failed(f"`{shlex.join(command)}` ended with {os.waitstatus_to_exitcode(status)}")
        return {"seconds": seconds, "memory": usage.ru_maxrss * 1024, "processor": usage.ru_utime + usage.ru_stime}

    def remember(self, command, variables=None):
        text = " ".join([*(f"{name}={value}" for name, value in (variables or {}).items()), shlex.join(command)])
        if text not in self.commands:
            self.commands.append(text)
