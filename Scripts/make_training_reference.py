#!/usr/bin/env python3
"""Writes which tokens trainers' own code trains of the shared chats, which TrainPolicyTests compares with.

    python3 -m venv training && training/bin/pip install --no-deps trl==1.16.0 axolotl==0.19.0
    training/bin/pip install transformers==5.23.0 tokenizers==0.23.3 jinja2==3.1.6 pydantic sentencepiece protobuf
    training/bin/python Scripts/make_reference_tokenizers.py TOKENIZERS
    training/bin/python Scripts/make_training_reference.py TOKENIZERS ../shared/golden

The trainers are installed without what they need: axolotl's `ChatTemplateStrategy` and TRL's `common_prefix_length` are
loaded from the modules that hold them, the models' templates from TRL's files, and what these import beyond that is
replaced by empty modules. Of every chat of Qwen 3, Qwen 2.5, Llama 3 and Gemma 2 that the template renders it notes
the trained tokens as ranges of positions: by axolotl for `roles_to_train: [assistant]` with each value of
`train_on_eos`, and for `message_field_training`, where every third message says no and every fourth yes; by TRL for
`completion_only_loss`, the prompt being all before the last answer, and, for a small template with generation blocks,
by transformers' mask, which `assistant_only_loss` is. It writes Tests/CountingTests/Fixtures/training.json.
"""

import importlib.metadata
import importlib.util
import json
import logging
import pathlib
import sys
import types

from transformers import PreTrainedTokenizerFast

OUT = pathlib.Path(__file__).resolve().parent.parent / "Tests/CountingTests/Fixtures/training.json"
# The chats, the tokenizer, TRL's name of the template, the token that ends a turn.
MODELS = [
    ("qwen_chat", "qwen-3-32b", "qwen3", "<|im_end|>"),
    ("qwen25_chat", "qwen2.5-32b", "qwen2_5", "<|im_end|>"),
    ("llama_chat", "llama-3.3-70b", "llama3_1", "<|eot_id|>"),
    ("gemma_chat", "gemma-2-27b", "gemma", "<end_of_turn>"),
]
EOS = ["turn", "all", "last", "none"]
# A template with generation blocks, such as TRL's own ones are: `assistant_only_loss` is transformers' mask of it.
MARKED = (
    "{% for message in messages %}{{ '<|im_start|>' + message.role + '\n' }}{% if message.role == 'assistant' %}"
    "{% generation %}{{ message.content + '<|im_end|>' }}{% endgeneration %}{% else %}"
    "{{ message.content + '<|im_end|>' }}{% endif %}{{ '\n' }}{% endfor %}"
)


def stub(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    module.__path__ = []
    sys.modules[name] = module


def root(package):
    return pathlib.Path(importlib.util.find_spec(package).submodule_search_locations[0])


def load(package, path, name):
    """The module at `path` of an installed package, without running the package."""
    spec = importlib.util.spec_from_file_location(name, root(package) / path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def load_axolotl():
    class Prompter:
        """The base classes hold nothing that is used here."""

    class PromptTokenizingStrategy:
        def __init__(self, prompter, tokenizer, train_on_inputs=False, sequence_len=2048):
            self.prompter, self.tokenizer = prompter, tokenizer
            self.train_on_inputs, self.sequence_len = train_on_inputs, sequence_len

    class Quiet(logging.Logger):
        """The strategy sets the level of its logger; nothing is printed nevertheless."""

        def handle(self, record):
            pass

    quiet = Quiet("axolotl")
    places = {name: root(name) for name in ["axolotl"]}
    for name in ["axolotl.utils", "axolotl.utils.schemas", "axolotl.prompt_strategies"]:
        stub(name)
    stub("axolotl", __path__=[str(places["axolotl"])])
    stub("axolotl.utils.chat_templates", get_chat_template_from_config=None)
    stub("axolotl.utils.dict", remove_none_values=without_nulls)
    stub("axolotl.utils.logging", get_logger=lambda name: quiet)
    stub("axolotl.utils.schemas.datasets", DatasetConfig=object)
    stub("axolotl.prompt_tokenizers", PromptTokenizingStrategy=PromptTokenizingStrategy)
    stub("axolotl.prompters", IGNORE_TOKEN_ID=-100, Prompter=Prompter)
    base = places["axolotl"]

    def module(path, name):
        spec = importlib.util.spec_from_file_location(name, base / path)
        loaded = importlib.util.module_from_spec(spec)
        sys.modules[name] = loaded
        spec.loader.exec_module(loaded)
        return loaded

    module("prompt_strategies/jinja_template_analyzer.py", "axolotl.prompt_strategies.jinja_template_analyzer")
    return module("prompt_strategies/chat_template.py", "axolotl.prompt_strategies.chat_template")


def without_nulls(value):
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def common_prefix_length():
    """TRL's function alone: its module needs more than is installed."""
    source = (root("trl") / "data_utils.py").read_text()
    start = source.index("def common_prefix_length")
    end = source.index("\ndef ", start + 1)
    names = {}
    exec(source[start:end], names)
    return names["common_prefix_length"]


def ranges(mask):
    """Positions of ones as flat pairs of start and end."""
    pairs = []
    for position, one in enumerate(mask):
        if not one:
            continue
        if pairs and pairs[-1] == position:
            pairs[-1] = position + 1
        else:
            pairs += [position, position + 1]
    return pairs


def axolotl_ranges(axolotl, tokenizer, template, turn_end, messages, eos, field=None):
    prompter = axolotl.ChatTemplatePrompter(tokenizer, chat_template=template, message_field_training=field)
    strategy = axolotl.ChatTemplateStrategy(
        prompter,
        tokenizer,
        train_on_inputs=False,
        sequence_len=1 << 20,
        roles_to_train=["assistant"],
        train_on_eos=eos,
        eot_tokens=[turn_end],
    )
    result = strategy.tokenize_prompt({"messages": messages})
    return result["input_ids"], ranges(label != -100 for label in result["labels"])


def encoded(tokenizer, messages, **options):
    return tokenizer.apply_chat_template(messages, tokenize=True, return_dict=True, **options)


def marked(messages):
    """The messages with a member that some of them have."""
    values = {2: False, 3: True}
    return [
        {**message, "train": values[index % 4]} if index % 4 in values else message
        for index, message in enumerate(messages)
    ]


def main():
    tokenizers, golden = map(pathlib.Path, sys.argv[1:3])
    trl_templates = root("trl") / "chat_templates"
    axolotl = load_axolotl()
    shared_length = common_prefix_length()
    rows = {}
    for name, model, template_name, turn_end in MODELS:
        template = (trl_templates / f"{template_name}.jinja").read_text()
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_file=str(tokenizers / model / "tokenizer.json"),
            chat_template=template,
            eos_token=turn_end,
            bos_token={"llama_chat": "<|begin_of_text|>", "gemma_chat": "<bos>"}.get(name),
        )
        rows[name] = []
        for line in (golden / f"{name}.jsonl").read_bytes().decode().split("\n"):
            chat = json.loads(line) if line else {}
            messages = chat.get("messages") or []
            if chat.get("error") or not any(message["role"] == "assistant" for message in messages):
                continue
            row = {"id": chat["id"]}
            for eos in EOS:
                ids, row[eos] = axolotl_ranges(axolotl, tokenizer, template, turn_end, messages, eos)
            assert ids == encoded(tokenizer, messages)["input_ids"], chat["id"]
            if len(messages) > 2:
                _, row["field"] = axolotl_ranges(
                    axolotl, tokenizer, template, turn_end, marked(messages), "turn", field="train"
                )
            last = max(index for index, message in enumerate(messages) if message["role"] == "assistant")
            if last == len(messages) - 1 and last > 0:
                prompt = encoded(tokenizer, messages[:last], add_generation_prompt=True)["input_ids"]
                start = shared_length(prompt, ids)
                row["completion"] = ranges([0] * start + [1] * (len(ids) - start))
            if name == "qwen25_chat":
                masked = encoded(tokenizer, messages, chat_template=MARKED, return_assistant_tokens_mask=True)
                row["generation"] = ranges(masked["assistant_masks"])
            rows[name].append(row)
    versions = {name: importlib.metadata.version(name) for name in ["trl", "axolotl", "transformers", "tokenizers"]}
    lines = [
        f'  "{name}": [\n' + ",\n".join("    " + json.dumps(row, separators=(",", ":")) for row in chats) + "\n  ]"
        for name, chats in rows.items()
    ]
    OUT.parent.mkdir(exist_ok=True)
    head = f'{{\n  "versions": {json.dumps(versions)},\n  "template": {json.dumps(MARKED)},\n'
    OUT.write_text(head + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
