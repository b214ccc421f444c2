"""Results of `Scripts/bench.py`: what was reached, the table, and the machine it was printed on."""

import dataclasses
import json
import os
import platform
import re
import statistics
import subprocess

from bench_data import MODELS

COLUMNS = "| what | tokenstats | beside | measure | at least | aim | reached |\n|---|---|---|---|---|---|---|"


@dataclasses.dataclass
class Result:
    """A line of the table."""

    what: str
    ours: list  # every run
    peer: list  # every run of the other side; empty where there is none
    unit: str
    measure: float  # what floor and aim are about
    floor: float
    aim: float = None
    sign: str = ""  # what stands behind measure, floor and aim
    smaller_is_better: bool = False
    reached: str = None
    floor_text: str = None
    aim_text: str = None

    def __post_init__(self):
        if self.reached is None:
            self.reached = reached(self.measure, self.floor, self.aim, self.smaller_is_better)

    @classmethod
    def ratio(cls, what, ours, peer, floor, aim, unit):
        """More of ours is better."""
        return cls(what, ours, peer, unit, statistics.median(ours) / statistics.median(peer), floor, aim, " x")

    @classmethod
    def remark(cls, what, ours, peer, unit):
        """A ratio that nothing is asked of."""
        measure = statistics.median(ours) / statistics.median(peer)
        return cls(what, ours, peer, unit, measure, 0, None, " x", reached="", floor_text=" ", aim_text=" ")

    @classmethod
    def speedup(cls, what, ours, peer, floor, aim):
        """Seconds of both sides."""
        return cls(what, ours, peer, "s", statistics.median(peer) / statistics.median(ours), floor, aim, " x")

    @classmethod
    def limit(cls, what, ours, floor, aim, unit):
        """Less of ours is better, and nothing is beside it."""
        return cls(what, ours, [], unit, statistics.median(ours), floor, aim, f" {unit}", smaller_is_better=True)

    @classmethod
    def growth(cls, what, rates, factor):
        """Two bounds: on the factor by which time grows when the text doubles, and on the speed at the slower one."""
        verdicts = [reached(factor, 2.4, 2.4, True), reached(statistics.median(rates), 20, 40, False)]
        worst = next(v for v in ("no", "yes", "aim") if v in verdicts)
        return cls(what, rates, [], "MB/s", factor, 2.4, None, " x", True, worst, "< 2.4 x, 20 MB/s", "40 MB/s")

    def line(self):
        bound = "< " if self.smaller_is_better else ""
        floor = self.floor_text or f"{bound}{number(self.floor)}{self.sign}"
        aim = self.aim_text or ("" if self.aim is None else f"{bound}{number(self.aim)}{self.sign}")
        beside = f"{number(statistics.median(self.peer))} {self.unit}" if self.peer else ""
        return (
            f"| {self.what} | {number(statistics.median(self.ours))} {self.unit} | {beside} | "
            f"{number(self.measure)}{self.sign} "
            f"| {floor} | {aim} | {self.reached} |"
        )


def reached(measure, floor, aim, smaller_is_better):
    def holds(bound):
        return measure <= bound if smaller_is_better else measure >= bound

    if aim is not None and holds(aim):
        return "aim"
    return "yes" if holds(floor) else "no"


def number(value):
    """Three figures, thousands with a comma."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def machine(options, cores):
    """Where and with what this is measured."""
    with open("/proc/cpuinfo") as file:
        model = re.search(r"^model name\s*:\s*(.*)$", file.read(), re.M)
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) // 1000 // 1000
    return {
        "processor": model.group(1) if model else platform.machine(),
        "cores": len(cores),
        "memory_gb": memory,
        "system": f"{platform.system()} {platform.release()}",
        "kernels": kernels(options.program),
        "tokenstats": output([options.program, "--version"]),
        "commit": output(["git", "rev-parse", "--short", "HEAD"]),
        "swift": output(["swift", "--version"]).splitlines()[0],
        "runs": options.runs,
        "quick": options.quick,
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def kernels(program):
    """The names of the counting kernels of this machine, the one that is picked first.

    The program names them when it is asked for one that does not exist.
    """
    environment = {**os.environ, "TOKENSTATS_KERNEL": "?"}
    result = subprocess.run(
        [program, "count", "--model", "qwen-3-32b", "-"],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env=environment,
        check=False,
    )
    names = re.search(r"available: (.*)", result.stderr)
    return names.group(1).split(", ") if names else []


def output(command):
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=os.path.dirname(__file__), check=False
    )
    return result.stdout.strip() or "unknown"


def heading(machine):
    kernel = machine["kernels"][0] if machine["kernels"] else "unknown"
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']}; "
        f"kernel {kernel}; tokenstats {machine['tokenstats']} ({machine['commit']}); {machine['swift']}; "
        f"medians of {machine['runs']} runs{', quick form' if machine['quick'] else ''}; "
        f"load {machine['load'][0]}\n\n{COLUMNS}"
    )


def ending(groups):
    """How much was reached, how busy the machine was, and the commands."""
    results = [result for group in groups.values() for result in group["results"]]
    counts = [sum(result.reached == verdict for result in results) for verdict in ("aim", "yes", "no")]
    lines = [
        (
            f"\n{sum(counts)} lines: {counts[0]} reach the aim, {counts[1]} only what is asked at least, "
            f"{counts[2]} do not."
        )
    ]
    busy = [f"{row} {group['load']}" for row, group in groups.items() if group["load"] > 1.5]
    if busy:
        lines.append(
            f"Other work was running (load before the rows: {', '.join(busy)}): trust no figure, and ratios "
            "only roughly."
        )
    lines.append("\nCommands:")
    for row, group in groups.items():
        lines += [f"  {row}:"] + [f"    {command}" for command in dict.fromkeys(map(general, group["commands"]))]
    return "\n".join(lines)


def general(command):
    """The command for any model and text, so that a row has few; bench.json has them as they were run."""
    for model in MODELS:
        command = command.replace(model, "MODEL")
    return re.sub(r"(stress|growth)-[^ /]+-(\d+)", r"\1-TEXT-\2", command)


def write(folder, machine, groups, missing, command):
    os.makedirs(folder, exist_ok=True)
    document = {
        "machine": machine,
        "command": command,
        "not_measured": missing,
        "rows": {
            row: {**group, "results": [dataclasses.asdict(r) for r in group["results"]]}
            for row, group in groups.items()
        },
    }
    with open(os.path.join(folder, "bench.json"), "w", encoding="utf-8") as file:
        json.dump(document, file, indent=1)
    with open(os.path.join(folder, "bench.md"), "w", encoding="utf-8") as file:
        lines = [result.line() for group in groups.values() for result in group["results"]]
        lines += [f"| {row} | not measured: {reason} |" for row, reason in missing.items()]
        file.write("\n".join([heading(machine), *lines, ending(groups), ""]))
