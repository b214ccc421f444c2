#!/usr/bin/env python3
"""Writes conversations and what the official chat templates make of them, as JSON lines.

usage: make_expectations.py TEMPLATES ROWS SEED > expectations.jsonl

TEMPLATES is a folder with gemma-2.jinja, llama-3.3.jinja, qwen-3.jinja and qwen2.5.jinja, the `chat_template` of each
model's tokenizer_config.json on the hub; their SHA-256 is checked. Needs transformers (written with 5.23.0) and jinja2
(3.1.6). The conversations are random and made to hit the corners: white space of every kind, think and tool blocks,
contents that are no texts, roles that are not the usual ones, tool calls in every shape.

A row: {"template", "messages", "add_generation_prompt", "arguments"} and one of "rendered", "error" (the text of the
exception) and "unsupported" (the template would print a list or an object as Python source).
"""

import hashlib
import json
import os
import random
import sys

from transformers.utils.chat_template_utils import _alias_reasoning_fields, _compile_jinja_template

SHA256 = {
    "gemma-2": "ecd6ae513fe103f0eb62e8ab5bfa8d0fe45c1074fa398b089c93a7e70c15cfd6",
    "llama-3.3": "e10ca381b1ccc5cf9db52e371f3b6651576caee0a630b452e2816b2d404d4b65",
    "qwen-3": "a55ee1b1660128b7098723e0abcd92caa0788061051c62d51cbe87d9cf1974d8",
    "qwen2.5": "cd8e9439f0570856fd70470bf8889ebd8b5d1107207f67a5efb46e342330527f",
}
BOS = {"gemma-2": "<bos>", "llama-3.3": "<|begin_of_text|>"}


class Printed(Exception):
    """A list or an object was printed as Python source."""


class List(list):
    def __str__(self):
        raise Printed

    __repr__ = __str__


class Object(dict):
    def __str__(self):
        raise Printed

    __repr__ = __str__


def guarded(value):
    if isinstance(value, list):
        return List(guarded(item) for item in value)
    if isinstance(value, dict):
        return Object((key, guarded(item)) for key, item in value.items())
    return value


PIECES = [
    "word",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\t",
    "\r\n",
    "<think>",
    "</think>",
    "<think>\n",
    "\n</think>\n\n",
    "<tool_response>",
    "</tool_response>",
    "\x00",
    "\x0b",
    "\x0c",
    "\x1b",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x1f",
    "\x7f",
    "\x85",
    "\xa0",
    "\u1680",
    "\u180e",
    "\u2000",
    "\u200a",
    "\u200b",
    "\u2028",
    "\u2029",
    "\u202f",
    "\u205f",
    "\u2060",
    "\u3000",
    "\ufeff",
    '"',
    "\\",
    "/",
    "'",
    "<",
    ">",
    "<|im_end|>",
    "<|eot_id|>",
    "<end_of_turn>",
    "\u00e9",
    "e\u0301",
    "\u4e2d\u6587",
    "\U0001f600",
    '{"a": 1}',
    "\x08",
    "A.",
    "<th",
    "nk>",
    "</thi",
]
SCALARS = [
    None,
    True,
    False,
    0,
    1,
    -7,
    2**53,
    0.5,
    -0.0,
    1.0,
    1e15,
    1e16,
    1.5e16,
    123456789012345680.0,
    1e22,
    1e-4,
    1e-5,
    0.00012345,
    5e-324,
    1.7976931348623157e308,
    100.0,
    3.14159,
]


def text(random, most=8):
    return "".join(random.choice(PIECES) for _ in range(random.randrange(most)))


def value(random, depth=2):
    kind = random.randrange(6 if depth else 4)
    if kind < 2:
        return text(random, 4)
    if kind < 4:
        return random.choice(SCALARS)
    if kind == 4:
        return [value(random, depth - 1) for _ in range(random.randrange(4))]
    # json-c cannot hand over a NUL in a key.
    return {text(random, 3).replace("\x00", ""): value(random, depth - 1) for _ in range(random.randrange(4))}


def tool_call(random):
    call = {}
    if random.random() < 0.95:
        call["name"] = random.choice(["get_weather", "f", text(random, 3)]) if random.random() < 0.93 else value(random)
    if random.random() < 0.95:
        call["arguments"] = value(random)
    if random.random() < 0.04:
        return value(random)
    if random.random() < 0.7:
        call = {"type": "function", "function": call if random.random() < 0.9 else value(random)}
    return call


def message(random, role, odd):
    result = {"role": role}
    if random.random() > 0.15 * odd:
        result["content"] = text(random) if random.random() > 0.15 * odd else value(random)
    if random.random() < 0.3 * odd:
        name = random.choice(["reasoning_content", "thinking", "reasoning"])
        result[name] = text(random) if random.random() < 0.8 else value(random)
        if random.random() < 0.2:
            result["thinking"] = text(random)
    if random.random() < 0.35 * odd:
        calls = [tool_call(random) for _ in range(random.choice([0, 1, 1, 1, 2]))]
        result["tool_calls"] = calls if random.random() < 0.9 else None
    if random.random() < 0.1 * odd:
        result["name"] = "x"
    return result


def conversation(random):
    odd = random.choice([0, 0, 1])
    roles = []
    if random.random() < 0.4:
        roles.append("system")
    if random.random() < 0.6:
        for _ in range(random.randrange(4)):
            roles += ["user", "assistant"]
            if random.random() < 0.3:
                roles += ["tool"] * random.randrange(3) + ["assistant"]
    else:
        choices = ["user", "assistant", "system", "tool", "ipython", "model", "developer", "function", "", "\u00fcber"]
        roles += [random.choice(choices[: 4 if random.random() < 0.6 else None]) for _ in range(random.randrange(7))]
    return [message(random, role, odd) for role in roles]


def expectation(name, template, messages, prompt, arguments):
    row = {"template": name, "messages": messages, "add_generation_prompt": prompt, "arguments": arguments}

    def render(messages):
        # As `apply_chat_template` does since transformers 5: members that are None are no members.
        messages = [type(message)((k, v) for k, v in message.items() if v is not None) for message in messages]
        return template.render(
            messages=_alias_reasoning_fields(messages),
            tools=None,
            documents=None,
            add_generation_prompt=prompt,
            bos_token=BOS.get(name, ""),
            **arguments,
        )

    try:
        render(guarded(messages))
    except Printed:
        return row | {"unsupported": True}
    except Exception:
        pass
    try:
        return row | {"rendered": render(messages)}
    except Exception as error:
        return row | {"error": str(error)}


def main():
    folder, rows, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    templates = {}
    for name, expected in SHA256.items():
        with open(os.path.join(folder, name + ".jinja"), newline="") as file:
            source = file.read()
        found = hashlib.sha256(source.encode()).hexdigest()
        if found != expected:
            sys.exit(f"{name}.jinja has sha256 {found}, expected {expected}")
        templates[name] = _compile_jinja_template(source)
    generator = random.Random(seed)
    for _ in range(rows):
        name = generator.choice(list(templates))
        arguments = {}
        if name == "llama-3.3" and generator.random() < 0.2:
            arguments["date_string"] = generator.choice(["21 Nov 2026", "", " \n", "\u00fcbermorgen"])
        if name == "qwen-3" and generator.random() < 0.4:
            arguments["enable_thinking"] = generator.random() < 0.5
        row = expectation(name, templates[name], conversation(generator), generator.random() < 0.4, arguments)
        print(json.dumps(row))


main()
