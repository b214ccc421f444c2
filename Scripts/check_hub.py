#!/usr/bin/env python3
"""Checks that this program and Hugging Face's libraries find in each other's cache what was fetched.

usage: check_hub.py PROGRAM FOLDER

FOLDER is empty. A hub on this machine (hub_server.py) has a model and a dataset with two configurations. The program
fetches both, `huggingface_hub` and `datasets` read them offline; they fetch, and the program reads, of two commits
too, and after files of the cache were lost.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAM, FOLDER = sys.argv[1], Path(sys.argv[2])
ROW = json.dumps({"messages": [{"role": "user", "content": "Hi"}]}) + "\n"
# Tokens of a row: "Hi" is one.
TOKENS = 1
CARD = """---
configs:
- config_name: short
  data_files:
  - split: train
    path: short/train-*.jsonl
  - split: test
    path: short/test.jsonl
- config_name: long
  data_files: long/*.jsonl
---
"""
VOCABULARY = {
    "version": "1.0",
    "truncation": None,
    "padding": None,
    "added_tokens": [],
    "normalizer": None,
    "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True},
    "post_processor": None,
    "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
    "model": {
        "type": "BPE",
        "dropout": None,
        "unk_token": None,
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": False,
        "byte_fallback": False,
        "ignore_merges": False,
        "vocab": {chr(code): code - 33 for code in range(33, 127)} | {"Hi": 94},
        "merges": [["H", "i"]],
    },
}
FILES = {
    "models/ada/tiny/tokenizer.json": json.dumps(VOCABULARY),
    "models/ada/tiny/tokenizer_config.json": json.dumps(
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "chat_template": "{% for message in messages %}{{ message.content }}{% endfor %}",
        }
    ),
    "models/ada/tiny/config.json": "{}",
    "models/ada/tiny/model.safetensors": "weights" * 1_000,
    "datasets/ada/chats/README.md": CARD,
    "datasets/ada/chats/short/train-00000-of-00002.jsonl": ROW,
    "datasets/ada/chats/short/train-00001-of-00002.jsonl": ROW * 100,
    "datasets/ada/chats/short/test.jsonl": ROW * 2,
    "datasets/ada/chats/long/all.jsonl": ROW * 3,
}


def check(is_right, what):
    """Ends with what is wrong."""
    if not is_right:
        raise SystemExit(f"check_hub: {what}")


def run(environment, *arguments):
    """What the program prints."""
    result = subprocess.run([PROGRAM, *arguments], env=environment, capture_output=True, text=True, check=False)
    check(result.returncode == 0, f"{arguments}: status {result.returncode}\n{result.stderr}")
    return result.stdout


def python(environment, script):
    """What a script prints; the libraries read the environment when they are imported."""
    command = [sys.executable, "-c", script]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    check(result.returncode == 0, f"{script}\n{result.stderr}")
    return result.stdout.strip().splitlines()


def files(lines):
    """What `count --json` prints for files, by their names."""
    return {
        entry["file"]: {"texts": entry["texts"], "tokens": entry["tokens"]}
        for entry in map(json.loads, lines.splitlines())
        if "file" in entry
    }


def environment(home, hub, **variables):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"HF_HOME": str(FOLDER / home), "HF_ENDPOINT": hub, "HF_HUB_DISABLE_XET": "1"} | variables


FETCH = """
from huggingface_hub import snapshot_download
print(snapshot_download("ada/tiny", allow_patterns=["*.json"]))
"""
READ_MODEL = """
from huggingface_hub import hf_hub_download, scan_cache_dir, try_to_load_from_cache
path = hf_hub_download("ada/tiny", "tokenizer.json")
assert try_to_load_from_cache("ada/tiny", "tokenizer_config.json") is not None
assert try_to_load_from_cache("ada/tiny", "model.safetensors") is None
report = scan_cache_dir()
assert not report.warnings, report.warnings
print(path)
models = [repo for repo in report.repos if repo.repo_type == "model"]
print(*sorted(file.file_name for repo in models for revision in repo.revisions for file in revision.files))
"""
FETCH_DATASET = """
from datasets import load_dataset
print(load_dataset("ada/chats", "short")["train"].num_rows)
"""
READ_DATASET = """
from datasets import load_dataset
from huggingface_hub import scan_cache_dir, snapshot_download
report = scan_cache_dir()
assert not report.warnings, report.warnings
path = snapshot_download("ada/chats", repo_type="dataset", local_files_only=True)
for name in ("short", "long"):
    for split, rows in load_dataset(path, name).items():
        print(name, split, rows.num_rows)
"""
SPLITS = {"short, train": 101, "short, test": 2, "long": 3}


def refused(environment, *arguments):
    """What the program says where it ends with the status of a model that cannot be used."""
    result = subprocess.run([PROGRAM, *arguments], env=environment, capture_output=True, text=True, check=False)
    check(result.returncode == 5 and not result.stdout, f"{arguments}: status {result.returncode}\n{result.stderr}")
    return result.stderr


def check_snapshots(offline, old, new):
    """Two snapshots that Python left, then links without an end, then pointers in the place of files."""
    tokens = {}
    for model in ("ada/tiny", f"ada/tiny@{Path(new).name}", f"ada/tiny@{Path(old).name}"):
        counted = files(run(offline, "count", "--json", "--model", model, "ada/chats", "--config", "short"))
        tokens[model] = sum(file["tokens"] for file in counted.values())
    check(list(tokens.values()) == [206, 206, 103], f"of two snapshots come {tokens}")
    blob = Path(new, "tokenizer.json").resolve()
    vocabulary = blob.read_text()
    blob.unlink()
    said = refused(offline, "count", "--model", "ada/tiny", "ada/chats", "--config", "short")
    check("no tokenizer file" in said, f"of a link without an end it says {said}")
    blob.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 9000\n")
    said = refused(offline, "count", "--model", "ada/tiny", "ada/chats", "--config", "short")
    check("pointer of Git LFS" in said, f"of a pointer it says {said}")
    blob.write_text(vocabulary)


def main():
    for path, text in FILES.items():
        file = FOLDER / "server" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    script = Path(__file__).with_name("hub_server.py")
    with subprocess.Popen([sys.executable, script, FOLDER / "server"], stdin=subprocess.PIPE) as server:
        while not (FOLDER / "server/port").exists():
            check(server.poll() is None, "the hub did not start")
        hub = f"http://127.0.0.1:{(FOLDER / 'server/port').read_text()}"
        ours = environment("ours", hub)
        path = run(ours, "tokenizers", "fetch", "ada/tiny").split(": ", 1)[1].strip()
        theirs = environment("theirs", hub)
        fetched = python(theirs, FETCH)[-1]
        check(python(theirs, FETCH_DATASET)[-1] == "101", "datasets does not read the hub of this test")
        counted = files(run(ours, "count", "--json", "--model", path, "hf://datasets/ada/chats"))
        expected = {
            f"hf://datasets/ada/chats (ada--chats--{name})": {"texts": rows, "tokens": rows * TOKENS}
            for name, rows in SPLITS.items()
        }
        check(counted == expected, f"hf://datasets/ada/chats is counted as {counted}")
        config = FOLDER / "server/models/ada/tiny/tokenizer_config.json"
        config.write_text(config.read_text().replace("content }}", "content }}!"))
        newer = python(theirs, FETCH)[-1]
        check(newer != fetched, "a changed file made no other commit")
        server.stdin.close()

    # Nothing answers from here on.
    offline = ours | {"HF_HUB_OFFLINE": "1"}
    found, names = python(offline, READ_MODEL)
    check(found == f"{path}/tokenizer.json", f"huggingface_hub finds {found}, the program {path}")
    check(names == "config.json tokenizer.json tokenizer_config.json", f"the cache holds {names}")
    check(Path(found).read_text() == FILES["models/ada/tiny/tokenizer.json"], "the vocabulary is another")
    read = python(offline, READ_DATASET)
    check(sorted(read) == ["long train 3", "short test 2", "short train 101"], f"datasets reads {read}")
    again = files(run(offline, "count", "--json", "--model", path, "ada/chats", "--config", "short"))
    check(sum(file["texts"] for file in again.values()) == 103, f"ada/chats is counted as {again}")
    theirs |= {"HF_HUB_OFFLINE": "1"}
    found = files(run(theirs, "count", "--json", "--model", path, "ada/chats", "--config", "short"))
    check(sum(file["texts"] for file in found.values()) == 103, f"of the cache of datasets {found} are counted")
    listed = json.loads(run(theirs, "tokenizers", "list", "--json"))
    models = [entry for entry in listed if entry.get("hub_id") == "ada/tiny"]
    paths = [entry["path"] for entry in models]
    check(paths == [f"{newer}/tokenizer.json", f"{fetched}/tokenizer.json"], f"tokenizers list shows {listed}")
    check_snapshots(theirs, fetched, newer)
    print("check_hub: fetched files are found by huggingface_hub, and its files here")


main()
