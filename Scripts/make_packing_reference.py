#!/usr/bin/env python3
"""Writes what trainers' own packing makes of lists of lengths, which PackingTests compares with.

    python3 -m venv packing && packing/bin/pip install --no-deps trl==1.16.0 axolotl==0.19.0 binpacking==2.0.1
    packing/bin/pip install datasets==4.1.1 pyarrow==21.0.0 numpy
    packing/bin/python Scripts/make_packing_reference.py

The trainers are installed without what they need: their packing functions are loaded from the modules that hold them,
and what these import beyond numbers and tables is replaced by empty modules. It writes
Tests/TokenStatisticsTests/Fixtures/packing.json.
"""

import importlib.metadata
import importlib.util
import json
import pathlib
import random
import sys
import types

import binpacking
import datasets
import numpy as np

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/TokenStatisticsTests/Fixtures/packing.json"
LIMITS = [64, 100, 1024, 4096]


class Anything:
    """Stands for classes and decorators that are named and not used."""

    def __getattr__(self, name):
        return Anything()

    def __call__(self, *arguments, **options):
        return arguments[0] if arguments and callable(arguments[0]) else self

    def __getitem__(self, key):
        return Anything()

    def __or__(self, other):
        return Anything()

    __ror__ = __or__


def stub(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module


def load(package, path):
    """The module at `path` of an installed package, without running the package."""
    root = pathlib.Path(importlib.util.find_spec(package).submodule_search_locations[0])
    spec = importlib.util.spec_from_file_location(f"packing_of_{package}", root / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def samples():
    """Lists of lengths of three shapes, with rows beyond the limits and rows without tokens."""
    numbers = random.Random(11)
    chats = [round(numbers.lognormvariate(6.2, 0.7)) for _ in range(2_600)]
    short = [numbers.randrange(0, 90) for _ in range(2_100)]
    mixed = [numbers.choice([3, 40, 64, 65, 500, 1024, 1025, 5_000]) + numbers.randrange(3) for _ in range(1_500)]
    return {"chats": chats, "short": short, "mixed": mixed}


def trl_result(trl, lengths, limit, strategy, batch, workers):
    rows = datasets.Dataset.from_dict({"input_ids": [[0] * length for length in lengths]})
    options = {"batch_size": batch}
    shares = [rows.shard(workers, index, contiguous=True) for index in range(workers)]
    sizes = []
    for share in shares:
        packed = trl.pack_dataset(share, limit, strategy, options)
        sizes += [len(ids) for ids in packed["input_ids"]]
    return {"sequences": len(sizes), "tokens": sum(sizes)}


def axolotl_result(axolotl, lengths, limit, group=100_000, rows=200):
    # A row of fewer than two tokens is left out, too: min_sample_len.
    kept = np.array([length for length in lengths if 1 < length <= limit])
    bins = []
    for start in range(0, len(kept), group):
        part = kept[start : start + group]
        bins += axolotl.pack_group(part, start, limit, len(part), rows)
    return {"sequences": len(bins), "tokens": int(kept.sum())}


def swift_result(lengths, limit, batch=1_000):
    """As PackingDataset of ms-swift calls binpacking: the last sequence of a batch goes into the next one."""
    kept = [(index, length) for index, length in enumerate(lengths) if 0 < length <= limit]
    done, carried = [], []
    starts = range(0, len(kept), batch)
    for start in starts:
        sequences = binpacking.to_constant_volume(carried + kept[start : start + batch], limit, weight_pos=1)
        carried = []
        if start != starts[-1]:
            carried = sequences.pop()
        done += sequences
    return {"sequences": len(done), "tokens": sum(length for sequence in done for _, length in sequence)}


def main():
    stub("transformers", PreTrainedTokenizerBase=Anything, ProcessorMixin=Anything)
    trl = load("trl", "data_utils.py")
    stub("numba", njit=lambda function: function)
    stub("torch")
    stub("torch.utils")
    stub("torch.utils.data", BatchSampler=object, Sampler=list, SequentialSampler=object)
    stub("axolotl.utils")
    stub("axolotl.utils.distributed", reduce_and_broadcast=None)
    stub("axolotl.utils.logging", get_logger=lambda name: Anything())
    axolotl = load("axolotl", "utils/samplers/multipack.py")
    # datasets looks for these.
    for name in ["torch", "transformers"]:
        del sys.modules[name]
    datasets.disable_progress_bars()
    results = []
    for name, lengths in samples().items():
        for limit in LIMITS:
            result = {"sample": name, "limit": limit, "trl": {}}
            for strategy in ["bfd", "bfd_split", "wrapped"]:
                for label, batch, workers in [("all", len(lengths), 1), ("1", 1_000, 1), ("4", 1_000, 4)]:
                    result["trl"][f"{strategy} {label}"] = trl_result(trl, lengths, limit, strategy, batch, workers)
            result["axolotl"] = axolotl_result(axolotl, lengths, limit)
            result["swift"] = swift_result(lengths, limit)
            results.append(result)
    versions = {name: importlib.metadata.version(name) for name in ["trl", "axolotl", "binpacking", "datasets"]}
    lines = ",\n  ".join(json.dumps(result) for result in results)
    versions = json.dumps(versions)
    OUT.write_text(f'{{"versions": {versions},\n "samples": {json.dumps(samples())},\n "results": [\n  {lines}]}}\n')


if __name__ == "__main__":
    main()
