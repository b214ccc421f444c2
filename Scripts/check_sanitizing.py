#!/usr/bin/env python3
"""Encode conversations with control tokens in every member as transformers sanitizes them and with a program.

usage: Scripts/check_sanitizing.py [--count 200] [--seed 1] [--shared ../shared] PROGRAM
       for instance: Scripts/check_sanitizing.py .build/release/tokenstats

Tokenizers and templates are those of SHARED/models. The conversations are random: control tokens, parts of them and
private marks stand in contents, lists of parts, roles, names, reasoning, tool calls, tools, documents and arguments.
Ids and errors must be equal. Needs transformers==5.23.0 and tokenizers==0.23.3. Exit status 1 where a row differs.
"""

import argparse
import gzip
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

from transformers import PreTrainedTokenizerFast

MARKS = ("\U000f0000", "\U000f0001")
PAIRS = {
    "files/minimind.json": ["axolotl-qwen3", "hfjs-qwen-0.5b", "hfjs-e2e-MadeAgents-Hammer2.1", "axolotl-qwen3_5"],
    "files/mistral-v0.3.json.gz": ["hfjs-mistral-large-123b", "chat_templates-chat_templates-mistral-instruct"],
    "files/phi-3-mini.json.gz": ["axolotl-phi_3", "mistral.rs-chat_templates-phi3"],
    "files/smollm2-instruct.json.gz": ["hfjs-smollm2-135m", "mistral.rs-chat_templates-smollm3"],
    "files/dolma2-cl100k.json.gz": ["hfjs-olmo2-7b"],
    "files/clip.json.gz": ["chat_templates-chat_templates-chatml"],
    "files/t5-small.json.gz": ["chat_templates-chat_templates-alpaca"],
    "files/roberta-base.json.gz": ["chat_templates-chat_templates-chatml"],
    "converted/llama-sp.json": ["chat_templates-chat_templates-llama-2-chat", "mistral.rs-chat_templates-vicuna"],
    "converted/gemma-sp.json": ["chat_templates-chat_templates-gemma-it"],
    "converted/xlm-roberta.json": ["mistral.rs-chat_templates-mistral"],
}
NAMES = {"bos_token": ["<s>", "<bos>", "<|endoftext|>"], "eos_token": ["</s>", "<eos>", "<|im_end|>", "<|endoftext|>"]}
WORDS = ["hello", " ", "\n", "a b", "x", "1 2", "é", "你好", "<", "|", ">", "<|", "|>", "\n\n", "  ", "'s", "!", "\t"]


def contents(path):
    """The text of a file, unpacked."""
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()


class Rows:
    """Makes random rows whose texts hold control tokens."""

    def __init__(self, tokens, seed):
        self.random = random.Random(seed)
        self.tokens = tokens

    def text(self):
        """A text with control tokens, parts of them and marks."""
        pieces = []
        for _ in range(self.random.randint(0, 6)):
            kind = self.random.random()
            token = self.random.choice(self.tokens)
            if kind < 0.35:
                pieces.append(token)
            elif kind < 0.45:
                pieces.append(token[: self.random.randint(0, len(token))])
            elif kind < 0.5:
                pieces.append(self.random.choice(MARKS))
            elif kind < 0.55:
                pieces.append(MARKS[0] + token + MARKS[1])
            else:
                pieces.append(self.random.choice(WORDS))
        return "".join(pieces)

    def value(self):
        """A value with texts in it."""
        return self.random.choice(
            [self.text(), [self.text(), 1], {"k": self.text(), self.text() or "e": None}, 2, True]
        )

    def message(self, role):
        """A message."""
        chance = self.random.random
        message = {"role": role, "content": self.text()}
        if chance() < 0.1:
            message["content"] = [{"type": "text", "text": self.text()}, {"type": "text", "text": self.text()}]
        if chance() < 0.04:
            message["role"] = self.random.choice([self.text(), role + self.random.choice(self.tokens)])
        if role == "assistant" and chance() < 0.3:
            name = self.random.choice(["reasoning_content", "thinking"])
            message[name] = self.text()
        if role == "assistant" and chance() < 0.25:
            function = {"name": "f" + self.text(), "arguments": {"a": self.value()}}
            message["tool_calls"] = [{"id": "abcdefghi", "type": "function", "function": function}]
        if chance() < 0.1:
            message["name"] = self.text()
        return message

    def row(self):
        """A conversation with what it tells the template."""
        messages = [self.message("system")] if self.random.random() < 0.4 else []
        for _ in range(self.random.randint(1, 3)):
            messages += [self.message("user"), self.message("assistant")]
        if self.random.random() < 0.3:
            messages.append(self.message(self.random.choice(["user", "tool"])))
        row = {"messages": messages}
        if self.random.random() < 0.3:
            row["tools"] = [{"type": "function", "function": {"name": self.text(), "description": self.text()}}]
        if self.random.random() < 0.1:
            row["documents"] = [{"title": self.text(), "text": self.text()}]
        if self.random.random() < 0.2:
            row["chat_template_kwargs"] = {"enable_thinking": False, "date_string": self.text()}
        if self.random.random() < 0.3:
            row["add_generation_prompt"] = True
        return row


def reference(tokenizer, row):
    """What transformers makes of a row: ids or the error's message."""
    arguments = {key: value for key, value in row.items() if key not in ("messages", "chat_template_kwargs")}
    arguments.update(row.get("chat_template_kwargs", {}))
    try:
        ids = tokenizer.apply_chat_template(
            row["messages"], tokenize=True, return_dict=False, sanitize_control_tokens=True, **arguments
        )
    except Exception as error:
        return {"error": str(error)}
    return {"ids": list(ids)}


def compare(program, source, template, rows, folder):
    """Compares the rows of a tokenizer and a template; returns how many differ."""
    text = contents(source)
    (folder / "tokenizer.json").write_text(text)
    (folder / "chat_template.jinja").write_text(template.read_text())
    added = [token["content"] for token in json.loads(text)["added_tokens"]]
    special = {name: next((token for token in choices if token in added), None) for name, choices in NAMES.items()}
    special = {name: token for name, token in special.items() if token is not None}
    configuration = {"tokenizer_class": "PreTrainedTokenizerFast", "add_bos_token": False, **special}
    (folder / "tokenizer_config.json").write_text(json.dumps(configuration))
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"), **special)
    tokenizer.chat_template = template.read_text()
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    command = [program, "encode", "--model", str(folder), "--sanitize-control-tokens", "--ascii"]
    answer = subprocess.run(command, input=lines.encode(), stdout=subprocess.PIPE, check=False).stdout
    found = [json.loads(line) for line in answer.decode().split("\n") if line]
    if len(found) != len(rows):
        sys.exit(f"{source.name} with {template.name}: {len(found)} of {len(rows)} rows were answered")
    differences = errors = 0
    for row, result in zip(rows, found, strict=True):
        expected = reference(tokenizer, row)
        errors += "error" in expected
        if all(result.get(key) == expected.get(key) for key in ("ids", "error")):
            continue
        differences += 1
        if differences <= 3:
            print(f"{json.dumps(row)}\n  transformers: {expected}\n  program:      {result}")
    print(f"{source.name} with {template.name}: {len(rows)} rows, {errors} raise, {differences} differ", flush=True)
    return differences


def main():
    """Compares all pairs of tokenizers and templates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shared", type=pathlib.Path, default=pathlib.Path("../shared"))
    parser.add_argument("program")
    options = parser.parse_args()
    models = options.shared / "models"
    differences = 0
    for name, templates in PAIRS.items():
        source = models / name
        for template in (models / "templates" / f"{template}.jinja" for template in templates):
            added = [token["content"] for token in json.loads(contents(source))["added_tokens"]]
            written = template.read_text()
            # Few of them, so that most of what is made is of use to the template.
            tokens = [token for token in added if token in written] or added[:4]
            rows = Rows([*tokens, *added[:3], "<|im_end|>", "</s>"], options.seed)
            with tempfile.TemporaryDirectory() as folder:
                made = [rows.row() for _ in range(options.count)]
                differences += compare(options.program, source, template, made, pathlib.Path(folder))
    print(f"{differences} rows differ")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
