#!/usr/bin/env python3
"""Counts conversations with images, in every form that data have, beside the processors of transformers.

usage: $(Scripts/python_environment.sh peers) Scripts/check_images.py PROGRAM TOKENIZER.json

PROGRAM is tokenstats, TOKENIZER.json that of a Qwen model. Images are bytes in structs of messages, as the `datasets`
library stores them, in Parquet, Arrow and a folder of `save_to_disk`; in JSON they are data URLs and Base64.
The numbers are the lengths of the processors' `input_ids`: Qwen2.5-VL, and Gemma 3 with and without pan and scan.
"""

import base64
import io
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image
from transformers import PreTrainedTokenizerFast
from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil
from transformers.models.gemma3.processing_gemma3 import Gemma3Processor
from transformers.models.qwen2_5_vl.processing_qwen2_5_vl import Qwen2_5_VLProcessor
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

datasets.disable_progress_bars()
ROWS = 60
TEXTS = ["What is this?", "Compare them, please.", "und nun?", "A red square.", "Nothing at all here."]

QWEN = """{% for message in messages %}<|im_start|>{{ message['role'] }}
{% for part in message['content'] %}{% if part['type'] == 'image' or 'image' in part %}<|vision_start|><|image_pad|>\
<|vision_end|>{% elif 'text' in part %}{{ part['text'] }}{% endif %}{% endfor %}<|im_end|>
{% endfor %}"""
GEMMA = """{% for message in messages %}<start_of_turn>{{ message['role'] }}
{% for part in message['content'] %}{% if part['type'] == 'image' %}<start_of_image>{% elif part['type'] == 'text' %}\
{{ part['text'] | trim }}{% endif %}{% endfor %}<end_of_turn>
{% endfor %}"""
QWEN_TOKENS = {"image_token": "<|image_pad|>", "video_token": "<|video_pad|>"}
GEMMA_TOKENS = {"boi_token": "<start_of_image>", "eoi_token": "<end_of_image>", "image_token": "<image_soft_token>"}
QWEN_IMAGES = {"min_pixels": 3136, "max_pixels": 1003520, "patch_size": 14, "temporal_patch_size": 2, "merge_size": 2}


def tokenizer_of(folder, source, template, tokens, configurations):
    """Writes the folder of a model, and loads its tokenizer."""
    folder.mkdir()
    definition = json.loads(source.read_text())
    number = max(token["id"] for token in definition["added_tokens"]) + 1
    known = {token["content"] for token in definition["added_tokens"]}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    for content in tokens.values():
        if content not in known:
            definition["added_tokens"].append({"id": number, "content": content, **flags})
            number += 1
    (folder / "tokenizer.json").write_text(json.dumps(definition))
    configuration = {"chat_template": template, "eos_token": "<|im_end|>", **tokens}
    for name, contents in {"tokenizer_config.json": configuration, **configurations}.items():
        (folder / name).write_text(json.dumps(contents))
    return PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), chat_template=template, extra_special_tokens=tokens
    )


def qwen(tokenizer):
    """The processor without the part for films, which needs PyTorch."""
    processor = object.__new__(Qwen2_5_VLProcessor)
    parts = {"tokenizer": tokenizer, "image_processor": Qwen2VLImageProcessorPil(**QWEN_IMAGES), "chat_template": None}
    for name, token in QWEN_TOKENS.items():
        parts |= {name: token, f"{name}_id": tokenizer.convert_tokens_to_ids(token)}
    for name, value in parts.items():
        setattr(processor, name, value)
    return processor


def picture(chosen):
    width, height = chosen.randint(30, 900), chosen.randint(30, 900)
    if chosen.random() < 0.4:
        height = max(30, width // 3)
    image = Image.new("RGB", (width, height), chosen.choice(["red", "blue"]))
    stream = io.BytesIO()
    form = chosen.choice(["PNG", "JPEG", "WEBP"])
    image.save(stream, form)
    return {"type": "image", "image": image, "bytes": stream.getvalue(), "form": form.lower()}


def conversations():
    chosen = random.Random(20260101)

    def part():
        return picture(chosen) if chosen.random() < 0.5 else {"type": "text", "text": chosen.choice(TEXTS)}

    for _ in range(ROWS):
        turns = []
        for _ in range(chosen.randint(1, 3)):
            turns.append({"role": "user", "content": [part() for _ in range(chosen.randint(1, 3))]})
            turns.append({"role": "assistant", "content": [{"type": "text", "text": chosen.choice(TEXTS)}]})
        yield turns


def changed(rows, image, text=lambda part: part):
    """Rows with other parts."""
    return [
        [
            {"role": turn["role"], "content": [(image if "form" in part else text)(part) for part in turn["content"]]}
            for turn in row
        ]
        for row in rows
    ]


def write(folder, rows):
    """The rows in all forms; returns the paths."""
    lines = {
        "urls.jsonl": lambda part: f"data:image/{part['form']};base64,{base64.b64encode(part['bytes']).decode()}",
        "base64.jsonl": lambda part: {"bytes": base64.b64encode(part["bytes"]).decode(), "path": None},
    }
    for name, image in lines.items():
        made = changed(rows, lambda part, image=image: {"type": "image", "image": image(part)})
        (folder / name).write_text("".join(json.dumps({"messages": row}) + "\n" for row in made))
    stored = changed(
        rows,
        lambda part: {"type": "image", "text": None, "image": {"bytes": part["bytes"], "path": None}},
        lambda part: {**part, "image": None},
    )
    image = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    part = pa.struct([("type", pa.string()), ("text", pa.string()), ("image", image)])
    turn = pa.struct([("role", pa.string()), ("content", pa.list_(part))])
    table = pa.table({"messages": pa.array(stored, pa.list_(turn))})
    pq.write_table(table, folder / "rows.parquet")
    with pa.ipc.new_stream(folder / "rows.arrow", table.schema) as writer:
        writer.write_table(table)
    value = datasets.Value("string")
    content = [{"type": value, "text": value, "image": datasets.Image()}]
    features = datasets.Features({"messages": [{"role": value, "content": content}]})
    dataset = datasets.Dataset.from_list([{"messages": row} for row in stored], features=features)
    dataset.save_to_disk(str(folder / "folder"))
    dataset.to_parquet(str(folder / "datasets.parquet"))
    return [folder / name for name in [*lines, "rows.parquet", "rows.arrow", "folder", "datasets.parquet"]]


def expected(processor, rows, **arguments):
    """The lengths of the processor's tokens."""
    lengths = []
    for row in rows:
        bare = changed([row], lambda _: {"type": "image"})[0]
        text = processor.tokenizer.apply_chat_template(bare, tokenize=False)
        images = [part["image"] for turn in row for part in turn["content"] if "form" in part]
        made = processor(text=[text], images=[images] if images else None, **arguments)
        lengths.append(len(made["input_ids"][0]))
    return lengths


def main():
    program, source = sys.argv[1], Path(sys.argv[2])
    rows = list(conversations())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {"processor_class": "Qwen2_5_VLProcessor", "image_processor_type": "Qwen2VLImageProcessor"}
        qwen_tokenizer = tokenizer_of(
            folder / "qwen", source, QWEN, QWEN_TOKENS, {"preprocessor_config.json": QWEN_IMAGES | files}
        )
        files = {"processor_class": "Gemma3Processor", "do_pan_and_scan": True}
        gemma = Gemma3Processor(
            Gemma3ImageProcessorPil(),
            tokenizer_of(folder / "gemma", source, GEMMA, GEMMA_TOKENS, {"preprocessor_config.json": files}),
        )
        cases = [
            ("qwen", [], expected(qwen(qwen_tokenizer), rows)),
            ("gemma", [], expected(gemma, rows)),
            ("gemma", ["--pan-and-scan"], expected(gemma, rows, images_kwargs={"do_pan_and_scan": True})),
        ]
        paths = write(folder, rows)
        for model, options, lengths in cases:
            for path in paths:
                command = [program, "count", "--each", "--model", folder / model, *options, path]
                result = subprocess.run(command, capture_output=True, text=True, check=False)
                counted = [int(line) for line in result.stdout.split()]
                if result.returncode != 0 or counted != lengths:
                    sys.exit(f"{model} {options} {path.name}: {counted} instead of {lengths}\n{result.stderr}")
            print(
                f"{model} {' '.join(options)}: {len(paths)} forms of {ROWS} conversations, {sum(lengths)} tokens each"
            )


if __name__ == "__main__":
    main()
