#!/usr/bin/env python3
"""Checks that this program finds in repositories the configurations, splits and files that `datasets` finds.

usage: check_layouts.py PROGRAM FOLDER

FOLDER is empty. Each repository below is on a hub on this machine (hub_server.py) and is read by both. Its files have
1, 2, 4, 8, ... rows in the order of their names, so that the number of a split's rows says which files it is made of.
"""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAM, FOLDER = sys.argv[1], Path(sys.argv[2])
ROW = {"messages": [{"role": "user", "content": "Hi"}]}


def configs(*entries):
    """A card with configurations as YAML in one line each, which YAML takes for JSON."""
    return "---\nlicense: mit\nconfigs:\n" + "".join(f"- {json.dumps(entry)}\n" for entry in entries) + "---\n# Title\n"


def configuration(name, **members):
    return {"config_name": name} | members


def files(**splits):
    return [{"split": name, "path": path} for name, path in splits.items()]


# The name of a repository: its files, and its card.
LAYOUTS = {
    "one-file": (["chats.jsonl"], None),
    "several-files": (["a.jsonl", "b.jsonl", "deep/er/c.jsonl"], None),
    "split-files": (["train.jsonl", "test.jsonl", "validation.jsonl"], None),
    "words-in-names": (["my-train-set.jsonl", "x_dev.jsonl", "eval.1.jsonl", "constrain.jsonl"], None),
    "words-at-ends": (["chats_train.jsonl", "chats_testing.jsonl", "chats-val.jsonl"], None),
    "no-words": (["restrain.jsonl", "latest.jsonl"], None),
    "numbered": (["train1.jsonl", "train2.jsonl", "test1.jsonl"], None),
    "capitals": (["Train.jsonl", "TEST.jsonl"], None),
    "folders": (["train/a.jsonl", "train/b.jsonl", "test/a.jsonl"], None),
    "folders-with-words": (["my-train/a.jsonl", "data/dev_1/b.jsonl", "other/c.jsonl"], None),
    "folders-over-files": (["train/test.jsonl", "test/train.jsonl"], None),
    "folder-and-rest": (["data/train/a.jsonl", "b.jsonl"], None),
    "shards": (
        [
            "data/train-00000-of-00002.jsonl",
            "data/train-00001-of-00002.jsonl",
            "data/test-00000-of-00001.jsonl",
            "extra/validation.jsonl",
        ],
        None,
    ),
    "shards-of-any-split": (["data/first_half-00000-of-00001.jsonl", "data/rest-00000-of-00001-a1b2.jsonl"], None),
    "shards-not-in-data": (["train-00000-of-00002.jsonl", "train-00001-of-00002.jsonl"], None),
    "shards-below-data": (["data/x/train-00000-of-00001.jsonl", "data/y/test-00000-of-00001.jsonl"], None),
    "hidden": ([".hidden.jsonl", "a.jsonl", ".folder/b.jsonl", "__under/c.jsonl", "_one/d.jsonl"], None),
    "settings": (["a.jsonl", "config.json", "dummy_data.zip"], None),
    "compressed": (["train.jsonl.gz", "test.jsonl.gz"], None),
    "mostly-csv": (["a.csv", "b.csv", "c.jsonl"], None),
    "mostly-jsonl": (["a.csv", "b.jsonl", "c.jsonl"], None),
    "other-files": (["a.jsonl", "notes.txt", "script.sh", "LICENSE", "picture.png"], None),
    "odd-names": (["a b.jsonl", "train/c+d.jsonl", "train/\u00e9.jsonl", "train/100%.jsonl"], None),
    "nothing": (["LICENSE", "weights.bin"], None),
    "card-without-configs": (["train.jsonl", "test.jsonl"], "---\nlicense: mit\n---\n# Title\n"),
    "card-without-head": (["train.jsonl"], "# Title\n"),
    "card-pattern": (["x/a.jsonl", "x/b.jsonl", "y.jsonl"], configs(configuration("default", data_files="x/*.jsonl"))),
    "card-list": (
        ["a.jsonl", "b.jsonl", "c.jsonl"],
        configs(configuration("default", data_files=["a.jsonl", "c.jsonl"])),
    ),
    "card-splits": (
        ["a.jsonl", "b/c.jsonl", "b/d/e.jsonl", "f.jsonl"],
        configs(configuration("default", data_files=files(train="b/**", held_out=["a.jsonl", "f.jsonl"]))),
    ),
    "card-configs": (
        ["en/train.jsonl", "en/test.jsonl", "de/train.jsonl", "fr/x.jsonl"],
        configs(
            configuration("english", data_files=files(train="en/train.jsonl", test="en/test.jsonl")),
            configuration("german", data_files="de/*", default=True),
        ),
    ),
    "card-folders": (
        ["en/train.jsonl", "en/test.jsonl", "de/a.jsonl", "de/b.jsonl"],
        configs(configuration("en", data_dir="en"), configuration("de", data_dir="de")),
    ),
    "card-folder-and-files": (
        ["en/a.jsonl", "en/b.jsonl", "a.jsonl"],
        configs(configuration("default", data_dir="en", data_files=files(train="a.jsonl"))),
    ),
    "card-brackets": (
        ["p1.jsonl", "p2.jsonl", "p3.jsonl", "q1.jsonl"],
        configs(configuration("default", data_files=files(train="p[12].jsonl", test="[!p]*.jsonl"))),
    ),
    "card-question": (
        ["a1.jsonl", "a22.jsonl"],
        configs(configuration("default", data_files="a?.jsonl")),
    ),
    "card-overlap": (
        ["a.jsonl", "b.jsonl"],
        configs(configuration("default", data_files=files(train="*.jsonl", test="b.jsonl"))),
    ),
    "card-empty-pattern": (
        ["a.jsonl", "b.jsonl"],
        configs(configuration("default", data_files=files(train="a.jsonl", test="none-*.jsonl"))),
    ),
    "card-empty-among-others": (
        ["a.jsonl", "b.jsonl"],
        configs(configuration("default", data_files=files(train=["a.jsonl", "none-*.jsonl"]))),
    ),
    "card-missing": (["a.jsonl"], configs(configuration("default", data_files="b.jsonl"))),
    "card-mapping": (["a.jsonl", "b.jsonl"], configs(configuration("default", data_files={"train": "a.jsonl"}))),
    "card-unnamed": (["a.jsonl", "b.jsonl"], configs({"data_files": "a.jsonl"})),
    "card-twice": (
        ["a.jsonl", "b.jsonl"],
        configs(configuration("one", data_files="a.jsonl"), configuration("one", data_files="b.jsonl")),
    ),
    "card-split-twice": (
        ["a.jsonl", "b.jsonl"],
        configs(
            configuration(
                "default", data_files=[{"split": "train", "path": "a.jsonl"}, {"split": "train", "path": "b.jsonl"}]
            )
        ),
    ),
    "card-shards": (
        ["data/all-00000-of-00002.jsonl", "data/all-00001-of-00002.jsonl", "data/few-00000-of-00001.jsonl"],
        configs(
            configuration("all", data_files=files(train="data/all-*")),
            configuration("few", data_files=files(train="data/few-*")),
        ),
    ),
    "card-order": (
        ["z.jsonl", "a.jsonl", "m.jsonl"],
        configs(configuration("default", data_files=files(zeta="z.jsonl", alpha="a.jsonl", mid="m.jsonl"))),
    ),
    "card-dotted": (["a.jsonl", "x/b.jsonl"], configs(configuration("default", data_files="./x/*.jsonl"))),
    "card-block": (
        ["one/a.jsonl", "two/b.jsonl", "two/c.jsonl"],
        """---
# What is here
pretty_name: "Chats: all"
configs:
  - config_name: one        # the first
    data_files:
      - split: train
        path: one/*.jsonl
  - config_name: 'two'
    data_files:
      - split: test
        path:
          - two/b.jsonl
          - "two/c.jsonl"
---
""",
    ),
}

# What `datasets` refuses and is read here, with a line that says so.
LENIENT = {
    "card-empty-pattern": "a split whose pattern matches nothing is left out with a notice",
    "card-dotted": "./ at the beginning of a path means nothing",
}

# What is an error here because `datasets` takes the last of two without a word.
STRICT = {"card-twice": "two configurations of one name"}

LOAD = """
import json, sys
from datasets import get_dataset_config_names, load_dataset
found = {}
for name in json.loads(sys.argv[1]):
    try:
        rows = {}
        for config in get_dataset_config_names("ada/" + name):
            rows[config] = {split: table.num_rows for split, table in load_dataset("ada/" + name, config).items()}
        found[name] = rows
    except Exception as error:
        found[name] = f"{type(error).__name__}: {error}"
print(json.dumps(found))
"""


def check(is_right, what):
    """Ends with what is wrong."""
    if not is_right:
        raise SystemExit(f"check_layouts: {what}")


def write(hub):
    for name, (names, card) in LAYOUTS.items():
        folder = hub / "datasets/ada" / name
        for index, path in enumerate(names):
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            text = (json.dumps(ROW) + "\n") * 2**index
            if file.suffix == ".csv":
                text = "text\n" + "Hi\n" * 2**index
            file.write_bytes(gzip.compress(text.encode()) if file.suffix == ".gz" else text.encode())
        if card is not None:
            (folder / "README.md").write_text(card)
    model = hub / "models/ada/tiny"
    model.mkdir(parents=True)
    words = {"Hi": 0, "?": 1}
    vocabulary = {"version": "1.0", "added_tokens": [], "normalizer": None, "pre_tokenizer": {"type": "Whitespace"}}
    vocabulary |= {"post_processor": None, "decoder": None}
    vocabulary["model"] = {"type": "WordLevel", "vocab": words, "unk_token": "?"}
    (model / "tokenizer.json").write_text(json.dumps(vocabulary))
    template = "{% for message in messages %}{{ message.content }}{% endfor %}"
    (model / "tokenizer_config.json").write_text(json.dumps({"chat_template": template}))


def ours(name, environment):
    """What the program reads: the rows of each split of each configuration, or what it says."""
    address = f"hf://datasets/ada/{name}"
    command = [PROGRAM, "count", "--json", "--model", "ada/tiny", address]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if result.returncode:
        return result.stderr.strip().splitlines()[-1]
    rows = {}
    for entry in map(json.loads, result.stdout.splitlines()):
        if "file" in entry:
            # `ADDRESS`, or `ADDRESS (NAME--CONFIGURATION, SPLIT)` where there are several of either.
            words = entry["file"].removeprefix(address).strip(" ()").split(", ")
            mark = f"ada--{name}--"
            configuration = words[0].removeprefix(mark) if words[0].startswith(mark) else None
            split = words[-1] if words[-1] and not words[-1].startswith(f"ada--{name}") else None
            rows.setdefault(configuration, {})[split] = entry["texts"]
    return rows


def is_same(found, expected):
    """Whether both read the same: names are missing where there is but one."""
    if isinstance(found, str) or isinstance(expected, str):
        return isinstance(found, str) and isinstance(expected, str)
    if len(found) != len(expected):
        return False
    for configuration, splits in found.items():
        of = expected.get(configuration) if configuration is not None else next(iter(expected.values()))
        if of is None or sorted(splits.values()) != sorted(of.values()) or list(splits.values()) != list(of.values()):
            return False
        if None not in splits and splits != of:
            return False
    return True


def main():
    hub = FOLDER / "server"
    write(hub)
    script = Path(__file__).with_name("hub_server.py")
    with subprocess.Popen([sys.executable, script, hub], stdin=subprocess.PIPE) as server:
        while not (hub / "port").exists():
            check(server.poll() is None, "the hub did not start")
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        kept |= {"HF_ENDPOINT": f"http://127.0.0.1:{(hub / 'port').read_text()}", "HF_HUB_DISABLE_XET": "1"}
        theirs = kept | {"HF_HOME": str(FOLDER / "theirs"), "HF_HUB_DISABLE_TELEMETRY": "1"}
        command = [sys.executable, "-c", LOAD, json.dumps(list(LAYOUTS))]
        result = subprocess.run(command, env=theirs, capture_output=True, text=True, check=False)
        check(result.returncode == 0, result.stderr)
        expected = json.loads(result.stdout.splitlines()[-1])
        own = kept | {"HF_HOME": str(FOLDER / "ours")}
        found = {name: ours(name, own) for name in LAYOUTS}
        server.stdin.close()
    refused = {name for name in LAYOUTS if isinstance(found[name], str)}
    refused_there = {name for name in LAYOUTS if isinstance(expected[name], str)}
    known = {name for name in LENIENT if name in refused_there - refused}
    known |= {name for name in STRICT if name in refused - refused_there}
    wrong = [name for name in LAYOUTS if name not in known and not is_same(found[name], expected[name])]
    for name in wrong:
        print(f"{name}: {found[name]}, datasets has {expected[name]}", file=sys.stderr)
    check(not wrong, f"{len(wrong)} of {len(LAYOUTS)} layouts are read otherwise than by datasets")
    both = len(refused & refused_there)
    print(f"check_layouts: {len(LAYOUTS)} layouts as datasets has them, {both} refused by both, {len(known)} by one")


main()
