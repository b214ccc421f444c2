#!/usr/bin/env python3
"""Render chat templates with conversations as transformers does, and with a program, and compare texts and errors.

usage: Scripts/conformance.py [--conversations FILE] --program PROGRAM FOLDER|FILE ...

Templates are files in Jinja (*.jinja, *.j2, *.txt), or .json files with "chat_template". Each is rendered with each of
the conversations: those below, or the lines of a file, {"messages": [..], "special_tokens": {..}, ..} as `render
--chat-template` reads them. The reference is `apply_chat_template(messages, tokenize=False, **arguments)` of a tokenizer
with the special tokens. Needs transformers==5.23.0 and jinja2==3.1.6. Exit status 1 where anything differs.
"""

import argparse
import datetime
import glob
import json
import os
import subprocess
import sys

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

from transformers import PreTrainedTokenizerFast
from transformers.utils import chat_template_utils as utils

NOW = "2025-03-09T14:05:07"
TOKENS = {"bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"}
USER = {"role": "user", "content": "What's <b>1 + 1</b>? é 你好 😀"}
ANSWER = {"role": "assistant", "content": "  2\n"}
SYSTEM = {"role": "system", "content": "Be brief.\n"}
CALL = {"type": "function", "function": {"name": "add", "arguments": {"a": 1, "b": [2.5, None, "é"]}}}
WRITTEN_CALL = {"id": "call00001", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}
TOOL = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "Adds \"numbers\".",
        "parameters": {
            "type": "object",
            "properties": {
                "a": {"type": "integer", "description": "the first"},
                "b": {"type": "array", "items": {"type": "number"}, "enum": [1, 2]},
            },
            "required": ["a"],
        },
    },
}
RESULT = {"role": "tool", "name": "add", "tool_call_id": "call00001", "content": "3.5"}
THOUGHT = {"role": "assistant", "content": "<think>\nhm\n</think>\n\nanswer"}
REASONED = {"role": "assistant", "reasoning_content": "let me see", "content": "seen"}
PARTS = {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "image"}, {"type": "text", "text": "two"}]}
TURNS = [USER, ANSWER, {"role": "user", "content": " more "}]


def conversations():
    """Conversations with what templates make distinctions of."""
    prompt = {"add_generation_prompt": True}
    yield from ({"messages": m, **prompt} for m in ([USER], [SYSTEM, USER], TURNS, [SYSTEM, *TURNS], [SYSTEM], [ANSWER]))
    yield {"messages": [*TURNS, ANSWER]}
    yield {"messages": [SYSTEM, USER, ANSWER], "continue_final_message": True}
    yield {"messages": [USER, REASONED], "continue_final_message": "reasoning_content"}
    yield {"messages": [USER, USER], **prompt}
    yield {"messages": [USER, THOUGHT, USER, REASONED]}
    yield {"messages": [USER, THOUGHT, USER], **prompt, "enable_thinking": False}
    yield {"messages": [USER, REASONED, USER], **prompt, "enable_thinking": True, "thinking": True}
    yield {"messages": [USER], "tools": [TOOL], **prompt}
    yield {"messages": [SYSTEM, USER], "tools": [TOOL, TOOL], **prompt, "date_string": "1 Jan 2025"}
    for call in (CALL, WRITTEN_CALL):
        asking = {"role": "assistant", "content": "", "tool_calls": [call]}
        yield {"messages": [USER, asking, RESULT], "tools": [TOOL], **prompt}
        yield {"messages": [USER, {**asking, "content": None}, RESULT, ANSWER, USER, {**asking, "tool_calls": [call] * 2}]}
    yield {"messages": [PARTS], **prompt}
    yield {"messages": [{"role": "user", "content": None, "name": None}, {"role": "assistant"}]}
    yield {"messages": [{"role": "developer", "content": "d"}, USER, {"role": "other", "content": 1}], **prompt}
    yield {"messages": [USER], "documents": [{"title": "t", "text": "x"}, {"title": "u", "text": "y"}], **prompt}
    yield {"messages": [], **prompt}
    yield {"messages": [{"role": "user", "content": ""}, {"role": "assistant", "content": "\n\n"}]}


class Clock(datetime.datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz=None):
        """The moment of all templates."""
        return cls.fromisoformat(NOW)


def templates(paths):
    """All templates with their names."""
    for path in paths:
        files = [path]
        if os.path.isdir(path):
            files = sorted(glob.glob(os.path.join(path, "**", "*"), recursive=True))
            files = [file for file in files if file.endswith((".jinja", ".j2", ".txt", ".json"))]
        for file in files:
            with open(file, encoding="utf-8") as opened:
                text = opened.read()
            if not file.endswith(".json"):
                yield file, text
                continue
            document = json.loads(text)
            template = document.get("chat_template") if isinstance(document, dict) else None
            if isinstance(template, str):
                yield file, template
            for named in template if isinstance(template, list) else []:
                yield f"{file} ({named['name']})", named["template"]


def reference(template, row):
    """What transformers renders or raises."""
    arguments = dict(row)
    messages, tokens = arguments.pop("messages"), arguments.pop("special_tokens", TOKENS)
    arguments.update(arguments.pop("chat_template_kwargs", None) or {})
    tokenizer = reference.tokenizers.get(json.dumps(tokens))
    if tokenizer is None:
        from tokenizers import Tokenizer, models

        tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE()), **tokens)
        reference.tokenizers[json.dumps(tokens)] = tokenizer
    try:
        text = tokenizer.apply_chat_template(messages, chat_template=template, tokenize=False, **arguments)
        return {"rendered": text}
    except RecursionError:
        return {"error": "maximum recursion depth exceeded"}
    except Exception as error:
        return {"error": str(error)}


reference.tokenizers = {}


def answers(program, template, rows):
    """What the program says to the rows of one template."""
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".jinja", encoding="utf-8", newline="") as file:
        file.write(template)
        file.flush()
        command = [program, "render", "--chat-template", file.name, "--ascii", "--now", NOW]
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        result = subprocess.run(command, input=lines.encode(), capture_output=True, check=False)
    found = [json.loads(line) for line in result.stdout.decode().split("\n") if line]
    if not found:
        # A template that cannot be compiled ends the command; its message has the file's name and the line.
        message = result.stderr.decode().strip()
        return [{"error": message}] * len(rows)
    return found


def is_equal(expected, found):
    """Whether an answer is the reference's; of a template that does not compile, whether the message ends with it."""
    if "error" in expected and found.get("error", "").startswith("error: "):
        return found["error"].endswith(": " + expected["error"])
    return found == expected


def main():
    """Compares all templates with all conversations."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--conversations", help="JSONL with the conversations to render")
    parser.add_argument("--program", required=True)
    parser.add_argument("paths", nargs="+")
    options = parser.parse_args()
    utils.datetime = Clock
    rows = list(conversations())
    if options.conversations:
        with open(options.conversations, encoding="utf-8") as file:
            rows = [json.loads(line) for line in file.read().split("\n") if line.strip()]
    rows = [{"special_tokens": TOKENS, **row} for row in rows]
    count = compared = rendered = differences = 0
    for name, template in templates(options.paths):
        count += 1
        found = answers(options.program, template, rows)
        if len(found) != len(rows):
            sys.exit(f"{name}: the program answered {len(found)} of {len(rows)} conversations")
        for number, (row, answer) in enumerate(zip(rows, found, strict=True), 1):
            expected = reference(template, row)
            compared += 1
            rendered += "rendered" in expected
            if is_equal(expected, answer):
                continue
            differences += 1
            print(f"{name}, conversation {number}: {json.dumps(row)}\n  transformers: {expected}\n  program:      {answer}")
    if count == 0:
        sys.exit(f"no templates in {', '.join(options.paths)}")
    print(
        f"{count} templates x {len(rows)} conversations = {compared} comparisons: {rendered} texts, "
        f"{compared - rendered} errors, {differences} differ"
    )
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
