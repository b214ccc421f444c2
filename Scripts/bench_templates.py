"""The row `templates` of `Scripts/bench.py`: chat templates through the engine, beside jinja2, minijinja and the native
formats."""

import json
import os
import statistics

from bench_data import ROOT, Failed, Missing
from bench_report import Result

# Public templates of many families that render without a beginning-of-sequence token.
TEMPLATES = (
    "Qwen-vllm-template_chatml",
    "axolotl-deepseek_v2",
    "axolotl-phi_3",
    "axolotl-qwen3",
    "hfjs-command-r-plus-104b",
    "hfjs-granite3.2-vision-2b",
    "hfjs-mixtral-8x22b",
    "hfjs-olmo2-7b",
    "hfjs-smollm2-135m",
    "unsloth-gemma3n_template",
    "unsloth-llama31_template",
    "unsloth-phi4_template",
    "xinference-llama-3-instruct",
)
TEXTS = (
    "What is the capital of France, and how many people live there?",
    "Paris. About 2.1 million people live in the city itself.",
    "And in the whole region around it?",
    "Around 12 million people live in the metropolitan region.",
)
COUNT = 5_000
# An analysis of fewer conversations measures the start of the program.
ANALYZED_COUNT = 60_000
# The native formats with a model that is counted with them.
FORMATS = {"gemma-2": "gemma-2-27b", "llama-3.3": "llama-3.3-70b", "qwen-3": "qwen-3-32b", "qwen2.5": "qwen-3-32b"}
OFFICIAL = "TOKENSTATS_OFFICIAL_TEMPLATES"


def results(runner, data, megabytes, fresh):
    """Everything about templates; `fresh` makes an empty folder."""
    yield from conversations(runner, data)
    yield from analyses(runner, data, megabytes, fresh)


def conversations(runner, data):
    """The ratios of the time for a conversation, the median of all templates."""
    chats = data.made("two-turn-chats.jsonl", lambda path: make_chats(path, COUNT))
    measured = [[], [], []]
    for name in TEMPLATES:
        template = data.shared("models", "templates", f"{name}.jinja")
        sides = runner.alternate(
            lambda template=template: ours(runner, data, template, chats),
            lambda template=template: peer(runner, data, "jinja2", template, chats),
            lambda template=template: peer(runner, data, "minijinja", template, chats),
            runs=min(3, runner.options.runs),
        )
        if len({run["bytes"] for side in sides for run in side}) != 1:
            raise Failed(f"{name}: the texts differ in size, so there is nothing to compare")
        for side, values in zip(sides, measured, strict=True):
            values.append(statistics.median(run["microseconds_per_conversation"] for run in side))
    own = measured[0]
    for library, theirs, floor, aim in (("jinja2", measured[1], 10, 20), ("minijinja", measured[2], 3, 8)):
        ratio = statistics.median(other / mine for mine, other in zip(own, theirs, strict=True))
        what = f"a conversation of two turns through the engine, beside {library}"
        yield Result(what, own, theirs, "us", ratio, floor, aim, " x")


def analyses(runner, data, megabytes, fresh):
    """How much more processor time an analysis takes with the engine than with a native format."""
    folder = os.environ.get(OFFICIAL)
    if folder is None:
        raise Missing(f"{OFFICIAL} names no folder with the official templates {', '.join(FORMATS)} as NAME.jinja")
    name = f"two-turn-chats-{ANALYZED_COUNT}.jsonl"
    sources = {
        "short conversations": data.made(name, lambda path: make_chats(path, ANALYZED_COUNT)),
        "questions and answers": data.chats(megabytes),
    }

    def analyze(model, template, chats, *options):
        out = os.path.join(fresh("engine"), "t.json")
        command = [data.program, "analyze", chats, "--model", model, "--chat-template", template, "--jobs", "1"]
        return runner.measure([*command, "--no-plots", "--progress", "none", "-o", out, *options])["processor"]

    for what, chats in sources.items():
        for form, model in FORMATS.items():
            template = os.path.join(folder, f"{form}.jinja")
            engine, native = runner.alternate(
                lambda model=model, template=template, chats=chats: analyze(model, template, chats, "--jinja"),
                lambda model=model, template=template, chats=chats: analyze(model, template, chats),
            )
            ratio = statistics.median(engine) / statistics.median(native)
            title = f"{what} analyzed through the engine, beside the native format {form}"
            yield Result(title, engine, native, "s", ratio, 1.4, None, " x", smaller_is_better=True)


def make_chats(path, count):
    """Writes conversations of two turns, a line of JSON each."""
    roles = ("user", "assistant") * 2
    with open(path, "w", encoding="utf-8") as file:
        for number in range(count):
            messages = [
                {"role": role, "content": f"{text} ({number})"} for role, text in zip(roles, TEXTS, strict=True)
            ]
            file.write(json.dumps({"messages": messages}) + "\n")


def ours(runner, data, template, chats):
    """`tokenstats render` with the engine."""
    options = ["--model", "qwen-3-32b", "--chat-template", template, "--jinja", "--timing"]
    return runner.json([data.program, "render", *options, chats])


def peer(runner, data, library, template, chats):
    """A Python library with the same special tokens."""
    script = os.path.join(ROOT, "Scripts", "measure_templates.py")
    tokens = json.dumps({"eos_token": "<|im_end|>", "pad_token": "<|endoftext|>"})
    return runner.json([data.python, script, library, template, chats, "--tokens", tokens])
