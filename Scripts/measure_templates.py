#!/usr/bin/env python3
"""How fast a Python library renders conversations with a chat template, in a process of its own.

usage: Scripts/measure_templates.py jinja2|minijinja TEMPLATE.jinja CHATS.jsonl [--tokens JSON] [--passes 7]

CHATS has one {"messages": [..]} a line. The template is compiled and the conversations are in memory before the clock
starts. Prints what `tokenstats render --timing` prints: the median of the passes after the first.
"""

import argparse
import json
import os
import statistics
import time

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")


def jinja2_renderer(source):
    """jinja2 as transformers uses it."""
    from transformers.utils import chat_template_utils

    return chat_template_utils._compile_jinja_template(source).render


def minijinja_renderer(source):
    """minijinja with the same settings."""
    import minijinja

    def raise_exception(message):
        raise ValueError(message)

    environment = minijinja.Environment(templates={"chat": source}, trim_blocks=True, lstrip_blocks=True)
    environment.pycompat = True
    environment.add_global("raise_exception", raise_exception)
    return lambda **context: environment.render_template("chat", **context)


def main():
    """Renders, and prints the time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", choices=("jinja2", "minijinja"))
    parser.add_argument("template")
    parser.add_argument("chats")
    parser.add_argument("--tokens", type=json.loads, default={})
    parser.add_argument("--passes", type=int, default=7)
    options = parser.parse_args()
    with open(options.template, encoding="utf-8", newline="") as file:
        source = file.read()
    with open(options.chats, encoding="utf-8") as file:
        chats = [json.loads(line)["messages"] for line in file]
    render = (jinja2_renderer if options.library == "jinja2" else minijinja_renderer)(source)
    context = {**options.tokens, "tools": None, "documents": None, "add_generation_prompt": False}
    seconds = []
    for _ in range(options.passes):
        start = time.perf_counter()
        size = sum(len(render(messages=messages, **context).encode()) for messages in chats)
        seconds.append(time.perf_counter() - start)
    microseconds = statistics.median(seconds[1:]) * 1e6 / len(chats)
    print(json.dumps({"conversations": len(chats), "bytes": size, "microseconds_per_conversation": microseconds}))


if __name__ == "__main__":
    main()
