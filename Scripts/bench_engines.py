"""The row `engines` of `Scripts/bench.py`: the wheel inside Spark and Ray Data, beside tokenizers in the same place."""

import os
import subprocess

from bench_data import ROOT, run
from bench_report import Result

MODEL = "qwen-3-32b"
# Tokenizers take a minute for 60 MB; what they do with these rows is scaled by megabytes.
PEER_ROWS = 2000


def results(bench):
    """The processor seconds of counting in `mapInArrow` and `map_batches`, and what `analyze(paths)` saves."""
    runner, data = bench.runner, bench.data
    python = run([os.path.join(ROOT, "Scripts", "python_environment.sh"), "engines"]).strip()
    subprocess.run([os.path.join(ROOT, "Scripts", "setup.sh"), "engines"], check=True, stdout=subprocess.DEVNULL)
    folder = data.text_columns(bench.megabytes)
    files = [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.startswith("part-")]
    tokenizer = os.path.join(data.tokenizer(MODEL), "tokenizer.json")
    script = os.path.join(ROOT, "Scripts", "measure_engines.py")
    variables = {
        "PYTHONPATH": data.wheel(),
        "PYSPARK_PYTHON": python,
        "SPARK_LOCAL_IP": "127.0.0.1",
        "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    }

    def measured(engine, way, *options):
        command = [python, script, engine, way, MODEL, tokenizer, *files, *options]
        return runner.json(command, cores=runner.cores, variables=variables)

    for engine, place in (("spark", "mapInArrow"), ("ray", "map_batches")):
        ours, peer, analyzed = runner.alternate(
            lambda engine=engine: measured(engine, "package"),
            lambda engine=engine: measured(engine, "tokenizers", "--rows", str(PEER_ROWS)),
            lambda engine=engine: measured(engine, "analyze"),
        )
        bench.same_tokens(engine, ours, analyzed)
        yield Result.ratio(f"{place} beside tokenizers in it, a processor", rates(ours), rates(peer), 30, 60, "MB/s")
        seconds = [[run["seconds"] for run in runs] for runs in (analyzed, ours)]
        floor = 2 if engine == "spark" else 1
        yield Result.speedup(f"tokenstats.{engine}.analyze beside {place}, the job", *seconds, floor, None)


def rates(runs):
    """Megabytes a processor second of counting."""
    return [run["megabytes"] / run["cpu"] for run in runs]
