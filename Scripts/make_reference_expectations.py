#!/usr/bin/env python3
"""Pack the reference rows that `tokenstats verify` replays, checking each against the reference stack.

usage: pip install tokenizers==0.23.3 jinja2==3.1.6 pyarrow
       Scripts/make_reference_expectations.py GOLDEN_DIR TOKENIZER_DIR

GOLDEN_DIR holds `{gemma,llama,qwen,qwen25}_chat.jsonl`, `{gemma,llama,qwen}_text.jsonl` and `chat_roles.jsonl`, as
transformers' `AutoTokenizer.apply_chat_template` and tokenizers' `encode` gave them. TOKENIZER_DIR is what
Scripts/make_reference_tokenizers.py wrote.

Before a row is packed, its ids are computed again from its text with the Hugging Face tokenizers. Where TOKENIZER_DIR
has qwen-3-32b/tokenizer_config.json (from the package or the hub), Qwen's chats are rendered again with its template.
Any difference ends the script without a result. The result,
Sources/CReferenceExpectations/rows.jsonl.zst, is one JSON object a line: the row of the golden file, `set` (gemma,
llama, qwen, qwen25) and, where there is one, `roles` (tokens by kind).
"""

import json
import os
import sys

import pyarrow
from jinja2.sandbox import ImmutableSandboxedEnvironment
from tokenizers import Tokenizer

FOLDERS = {"gemma": "gemma-2-27b", "llama": "llama-3.3-70b", "qwen": "qwen-3-32b", "qwen25": "qwen2.5-32b"}
TARGET = os.path.join(os.path.dirname(__file__), "..", "Sources", "CReferenceExpectations", "rows.jsonl.zst")


def read(folder, name):
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return []
    with open(path, encoding="ascii", newline="\n") as file:
        # Only \n ends a row: the files hold other line separators.
        return [json.loads(line) for line in file.read().split("\n") if line]


def qwen_template(folder):
    path = os.path.join(folder, FOLDERS["qwen"], "tokenizer_config.json")
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        source = json.load(file)["chat_template"]
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
    environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
    return environment.from_string(source)


def check(row, tokenizer, template):
    text = row["text"] if "text" in row else row["rendered"]
    if text is None:
        assert row["error"] and row["ids"] is None, row["id"]
        return
    assert tokenizer.encode(text, add_special_tokens=False).ids == row["ids"], row["id"]
    assert len(row["ids"]) == row["count"], row["id"]
    if "roles" in row:
        assert sum(row["roles"].values()) == row["count"], row["id"]
    if template and "messages" in row:
        rendered = template.render(messages=row["messages"], add_generation_prompt=row["add_generation_prompt"])
        assert rendered == text, row["id"]


def main():
    golden, tokenizers = sys.argv[1:]
    roles = {row["id"]: row["roles"] for row in read(golden, "chat_roles.jsonl")}
    rows = []
    for kind in ("chat", "text"):
        for name, folder in FOLDERS.items():
            tokenizer = Tokenizer.from_file(os.path.join(tokenizers, folder, "tokenizer.json"))
            template = qwen_template(tokenizers) if name == "qwen" else None
            for row in read(golden, f"{name}_{kind}.jsonl"):
                row["set"] = name
                if row["id"] in roles:
                    row["roles"] = roles.pop(row["id"])
                check(row, tokenizer, template)
                rows.append(json.dumps(row, separators=(",", ":")))
    assert not roles, sorted(roles)[:3]
    packed = "".join(row + "\n" for row in rows).encode("ascii")
    with open(TARGET, "wb") as file:
        file.write(pyarrow.Codec("zstd", compression_level=19).compress(packed, asbytes=True))
    print(f"{len(rows)} rows, {len(packed)} bytes, {os.path.getsize(TARGET)} compressed")


if __name__ == "__main__":
    main()
