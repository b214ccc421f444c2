#!/usr/bin/env python3
"""Has the program fetch from hubs that misbehave, and checks what it says, what it stores and that it ends.

usage: check_hub_failures.py PROGRAM FOLDER

FOLDER is empty. Each case is a hub of its own on this machine (hub_server.py) with a model and a dataset, and a cache
of its own. After each case the hub behaves, and the same command must succeed from what is there.
"""

import concurrent.futures
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

PROGRAM, FOLDER = sys.argv[1], Path(sys.argv[2])
ROW = json.dumps({"messages": [{"role": "user", "content": "Hi"}]}) + "\n"
VOCABULARY = {"Hi": 0, "?": 1} | {f"word{number}": number + 2 for number in range(500)}
FILES = {
    "models/ada/tiny/tokenizer.json": json.dumps(
        {
            "version": "1.0",
            "added_tokens": [],
            "normalizer": None,
            "pre_tokenizer": {"type": "Whitespace"},
            "post_processor": None,
            "decoder": None,
            "model": {"type": "WordLevel", "vocab": VOCABULARY, "unk_token": "?"},
        }
    ),
    "models/ada/tiny/tokenizer_config.json": json.dumps(
        {"chat_template": "{% for message in messages %}{{ message.content }}{% endfor %}"}
    ),
    "models/ada/tiny/config.json": "{}",
    "datasets/ada/chats/README.md": '---\nconfigs:\n- {"config_name": "default", "data_files": "*.jsonl"}\n---\n',
    # Large files are on another host, so that both have an answer of their own.
    "datasets/ada/chats/a.jsonl": ROW * 100,
    "datasets/ada/chats/b.jsonl": ROW,
}
SECONDS = 60
GATED = {"X-Error-Code": "GatedRepo"}


def always(kind, **more):
    return {"kind": kind} | more


def once(kind, **more):
    return {"kind": kind, "times": 1} | more


# The name of a case: what goes wrong where, whether it goes by and both commands succeed, and words of the message.
PASSING, REFUSED = True, False
CASES = {
    "slow-once": ({"/cdn/": once("stand")}, PASSING, ""),
    "slow-always": ({"/cdn/": always("stand")}, REFUSED, "attempts"),
    "cut-once": ({"/cdn/": once("cut")}, PASSING, ""),
    "cut-small-once": ({"/resolve/": once("cut")}, PASSING, ""),
    "cut-list": ({"/tree/": always("cut")}, REFUSED, "attempts"),
    "too-long": ({"/cdn/": always("long")}, REFUSED, "nothing was stored"),
    "too-short": ({"/cdn/": always("short")}, REFUSED, "nothing was stored"),
    "wrong-hash": ({"/cdn/": always("flip")}, REFUSED, "SHA-256"),
    "wrong-hash-small": ({"/resolve/": always("flip")}, REFUSED, "SHA-1"),
    "wrong-tag": ({"/resolve/": always("tag")}, REFUSED, "another state"),
    "endless-file": ({"/cdn/": always("endless")}, REFUSED, "more than"),
    "endless-list": ({"/tree/": always("endless")}, REFUSED, "more than"),
    "endless-refusal": ({"/tree/": always("endless-status", status=403)}, REFUSED, "HF_TOKEN"),
    "loop": ({"/revision/": always("to", location="main")}, REFUSED, "without an end"),
    "elsewhere": ({"/resolve/": always("to", location="http://192.0.2.1/x")}, REFUSED, "no encrypted address"),
    "elsewhere-file": ({"/resolve/": always("to", location="file:///etc/passwd")}, REFUSED, "no encrypted address"),
    "too-often-once": ({"/": once("status", status=429, headers={"Retry-After": "1"})}, PASSING, ""),
    "too-often": ({"/": always("status", status=429)}, REFUSED, "asked too often"),
    "broken-once": ({"/": once("status", status=503)}, PASSING, ""),
    "broken": ({"/": always("status", status=500)}, REFUSED, "attempts"),
    "broken-host-once": ({"/cdn/": once("status", status=502)}, PASSING, ""),
    "unauthorized": ({"/resolve/": always("status", status=401, headers=GATED)}, REFUSED, "gated"),
    "forbidden": ({"/resolve/": always("status", status=403, headers=GATED)}, REFUSED, "gated"),
    "teapot": ({"/tree/": always("status", status=418)}, REFUSED, "418"),
    "above": ({"/tree/": always("paths", paths=["../x"])}, REFUSED, "no path in a repository"),
    "root": ({"/tree/": always("paths", paths=["/etc/x"])}, REFUSED, "no path in a repository"),
    "inside-out": ({"/tree/": always("paths", paths=["a/../../x"])}, REFUSED, "no path in a repository"),
    "nul": ({"/tree/": always("paths", paths=["a\0b"])}, REFUSED, "no path in a repository"),
    "next-page": ({"/tree/": always("page", location="http://localhost:1/x")}, REFUSED, "next page"),
    "no-range": ({"/cdn/": always("no-range")}, PASSING, ""),
}


def digests(data):
    """The names that a file may have among the blobs."""
    git = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    return {git, hashlib.sha256(data).hexdigest()}


def run(environment, *arguments):
    started = time.monotonic()
    result = subprocess.run(
        [PROGRAM, *arguments], env=environment, capture_output=True, text=True, check=False, timeout=SECONDS * 4
    )
    return result, time.monotonic() - started


def faults(name, port):
    """What is wrong in a case, a line each."""
    rules, passes, words = CASES[name]
    hub = FOLDER / f"hub-{name}"
    for path, text in FILES.items():
        file = hub / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    environment = {"PATH": os.environ["PATH"], "HOME": str(hub), "HF_HOME": str(hub / "hf")}
    environment |= {"HF_ENDPOINT": f"http://127.0.0.1:{port}/hub-{name}", "HF_HUB_DOWNLOAD_TIMEOUT": "1"}
    commands = [
        ["tokenizers", "fetch", "ada/tiny"],
        ["count", "--lines", "--model", str(hub / "models/ada/tiny"), "hf://datasets/ada/chats"],
    ]
    for command in commands:
        (hub / "behavior.json").write_text(json.dumps(rules))
        result, seconds = run(environment, *command)
        said = result.stderr.strip().splitlines()[-1:] or [""]
        if result.returncode != 0 if passes else result.returncode != 1 or words not in result.stderr:
            yield f"{command[0]} ends with {result.returncode}: {said[0]}"
        if seconds > SECONDS:
            yield f"{command[0]} took {seconds:.0f} s"
        yield from stored(hub)
        (hub / "behavior.json").write_text("{}")
        result, _ = run(environment, *command)
        if result.returncode != 0:
            yield f"{command[0]} does not recover: {result.stderr.strip()}"
        yield from stored(hub)
    if (hub / "x").exists() or (hub / "hf/x").exists() or (hub / "hf/hub/x").exists():
        yield "a file was written beside the cache"


def stored(hub):
    """Blobs that are no file of the hub."""
    for blob in (hub / "hf").rglob("blobs/*"):
        if not blob.name.endswith(".incomplete") and blob.name not in digests(blob.read_bytes()):
            yield f"{blob.name} is stored with other bytes"


def main():
    script = Path(__file__).with_name("hub_server.py")
    with subprocess.Popen([sys.executable, script, FOLDER], stdin=subprocess.PIPE) as server:
        while not (FOLDER / "port").exists():
            if server.poll() is not None:
                raise SystemExit("check_hub_failures: the hub did not start")
        port = (FOLDER / "port").read_text()
        # Most of the time is waiting.
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            found = dict(zip(CASES, pool.map(lambda name: list(faults(name, port)), CASES), strict=True))
        server.stdin.close()
    wrong = [f"{name}: {fault}" for name, lines in found.items() for fault in lines]
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    if wrong:
        raise SystemExit(f"check_hub_failures: {len(wrong)} faults")
    print(f"check_hub_failures: {len(CASES)} hubs that misbehave, each with a model and a dataset")


main()
