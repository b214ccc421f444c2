#!/usr/bin/env python3
"""Writes what transformers' processors make of images: numbers of tokens for sizes, whole inputs, and sizes of files.

usage: $(Scripts/python_environment.sh peers) Scripts/make_image_reference.py
Pinned: transformers 5.23.0, Pillow 13.0.0 (the environment `peers`). Writes Tests/CountingTests/Fixtures/images.json.
"""

import base64
import io
import json
import random
import struct
import sys
import typing
from pathlib import Path

import numpy as np
import PIL
import transformers
from PIL import Image, ImageOps
from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil
from transformers.models.gemma3.processing_gemma3 import Gemma3Processor
from transformers.models.llava.image_processing_pil_llava import LlavaImageProcessorPil
from transformers.models.llava.processing_llava import LlavaProcessor
from transformers.models.llava_next.image_processing_pil_llava_next import LlavaNextImageProcessorPil
from transformers.models.llava_next.processing_llava_next import LlavaNextProcessor
from transformers.models.llava_onevision.image_processing_pil_llava_onevision import LlavaOnevisionImageProcessorPil
from transformers.models.llava_onevision.processing_llava_onevision import LlavaOnevisionProcessor
from transformers.models.qwen2_5_vl.processing_qwen2_5_vl import Qwen2_5_VLProcessor
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.models.qwen2_vl.processing_qwen2_vl import Qwen2VLProcessor
from transformers.models.qwen3_vl.processing_qwen3_vl import Qwen3VLProcessor

VERSIONS = {"transformers": "5.23.0", "pillow": "13.0.0"}
OUTPUT = Path(__file__).parent.parent / "Tests/CountingTests/Fixtures/images.json"

PINPOINTS = [[336, 672], [672, 336], [672, 672], [1008, 336], [336, 1008]]
ONEVISION = [[384 * h, 384 * w] for h in range(1, 7) for w in range(1, 7)]


def model(name, processor_class, image_class, image, processor=None):
    """A model as its folder describes it."""
    return {
        "name": name,
        "classes": (processor_class, image_class),
        "preprocessor_config.json": {
            **image,
            "processor_class": processor_class.__name__,
            "image_processor_type": image_class.__name__.removesuffix("Pil"),
        },
        "processor_config.json": processor and {**processor, "processor_class": processor_class.__name__},
    }


MODELS = [
    model("qwen2-vl", Qwen2VLProcessor, Qwen2VLImageProcessorPil, {"min_pixels": 3136, "max_pixels": 12845056}),
    model(
        "qwen2.5-vl",
        Qwen2_5_VLProcessor,
        Qwen2VLImageProcessorPil,
        {"min_pixels": 3136, "max_pixels": 12845056, "patch_size": 14, "temporal_patch_size": 2, "merge_size": 2},
    ),
    model(
        "qwen2.5-vl-small",
        Qwen2_5_VLProcessor,
        Qwen2VLImageProcessorPil,
        {"min_pixels": 256 * 28 * 28, "max_pixels": 1280 * 28 * 28},
    ),
    model(
        "qwen3-vl",
        Qwen3VLProcessor,
        Qwen2VLImageProcessorPil,
        {"size": {"longest_edge": 16777216, "shortest_edge": 65536}, "patch_size": 16, "merge_size": 2},
    ),
    model("qwen-usual", Qwen2VLProcessor, Qwen2VLImageProcessorPil, {}),
    model(
        "llava-1.5",
        LlavaProcessor,
        LlavaImageProcessorPil,
        {"crop_size": {"height": 336, "width": 336}, "do_center_crop": True, "size": {"shortest_edge": 336}},
        {"patch_size": 14, "vision_feature_select_strategy": "default", "num_additional_image_tokens": 1},
    ),
    model(
        "llava-full",
        LlavaProcessor,
        LlavaImageProcessorPil,
        {"crop_size": {"height": 224, "width": 448}, "size": {"shortest_edge": 224}},
        {"patch_size": 16, "vision_feature_select_strategy": "full"},
    ),
    model(
        "llava-1.6",
        LlavaNextProcessor,
        LlavaNextImageProcessorPil,
        {
            "crop_size": {"height": 336, "width": 336},
            "size": {"shortest_edge": 336},
            "image_grid_pinpoints": PINPOINTS,
        },
        {"patch_size": 14, "vision_feature_select_strategy": "default", "num_additional_image_tokens": 1},
    ),
    model(
        "llava-onevision",
        LlavaOnevisionProcessor,
        LlavaOnevisionImageProcessorPil,
        {"size": {"height": 384, "width": 384}, "image_grid_pinpoints": ONEVISION},
        {"num_image_tokens": 729, "vision_feature_select_strategy": "full", "vision_aspect_ratio": "anyres_max_9"},
    ),
]


class Tokenizer:
    """What the processors ask a tokenizer for where only numbers are wanted."""

    init_kwargs: typing.ClassVar[dict] = {}


def processor_of(description):
    """The processor of a model, without a tokenizer."""
    processor_class, image_class = description["classes"]
    settings = description["preprocessor_config.json"]
    image = {key: value for key, value in settings.items() if key not in ("processor_class", "image_processor_type")}
    processor = object.__new__(processor_class)
    processor.tokenizer = Tokenizer()
    processor.image_processor = image_class(**image)
    for key, value in {
        "patch_size": None,
        "num_additional_image_tokens": 0,
        "vision_feature_select_strategy": None,
        "vision_aspect_ratio": "anyres_max_9",
        **(description["processor_config.json"] or {}),
    }.items():
        setattr(processor, key, value)
    return processor


def sizes():
    """Heights and widths: usual ones, edges, and random ones."""
    chosen = random.Random(20260101)
    found = [(1, 1), (1, 200), (200, 1), (1, 201), (28, 28), (56, 56), (27, 29), (42, 42), (14, 70), (70, 14)]
    found += [(480, 640), (640, 480), (1080, 1920), (1920, 1080), (2160, 3840), (336, 336), (672, 1008), (4000, 6000)]
    found += [
        (384, 384),
        (385, 383),
        (3456, 3456),
        (3457, 3455),
        (100, 10000),
        (10000, 100),
        (9999, 9999),
        (13000, 13700),
    ]
    found += [(chosen.randint(1, 3000), chosen.randint(1, 3000)) for _ in range(160)]
    found += [(chosen.randint(1, 90), chosen.randint(1, 90)) for _ in range(60)]
    return found


def gemma(all_sizes):
    """Gemma 3, which cuts long images up where its caller asks for that, whatever the folder says."""
    images = {"do_pan_and_scan": True, "pan_and_scan_min_crop_size": 100, "pan_and_scan_max_num_crops": 9}
    description = model("gemma-3", Gemma3Processor, Gemma3ImageProcessorPil, images)
    arguments = {key: value for key, value in Gemma3Processor.images_kwargs.items() if key.startswith("pan_and_scan")}
    processor = Gemma3ImageProcessorPil()
    cases = []
    for cuts_up in (False, True):
        numbers = []
        for size in all_sizes:
            # The image takes no memory: all pixels are one.
            image = np.broadcast_to(np.uint8(0), (3, *size))
            cuts = processor.pan_and_scan(image=image, **arguments) if cuts_up else []
            numbers.append(256 * (1 + len(cuts)))
        files = {"preprocessor_config.json": description["preprocessor_config.json"]}
        cases.append({"name": "gemma-3", "files": files, "cuts_up": cuts_up, "tokens": numbers})
    return cases


def tokens(processor, size):
    """The number of tokens of an image; None where the processor refuses it."""
    try:
        return processor._get_num_multimodal_tokens(image_sizes=[list(size)])["num_image_tokens"][0]
    except (ValueError, ZeroDivisionError):
        return None


def exif(orientation, kind=3, order="<"):
    """Exif data with nothing but an orientation."""
    head = b"II*\0" if order == "<" else b"MM\0*"
    value = struct.pack(order + ("HH" if kind == 3 else "I"), *([orientation, 0] if kind == 3 else [orientation]))
    return b"Exif\0\0" + head + struct.pack(order + "IHHHI", 8, 1, 0x0112, kind, 1) + value + bytes(4)


def files():
    """Small images of all forms with the size that `load_image` gives them."""
    picture = Image.new("RGB", (7, 3), "teal")
    found = []

    def add(name, **options):
        stream = io.BytesIO()
        picture.save(stream, **options)
        found.append((name, stream.getvalue()))

    add("png", format="PNG")
    add("jpeg", format="JPEG")
    add("jpeg, progressive", format="JPEG", progressive=True, subsampling=0)
    add("webp", format="WEBP")
    add("webp, lossless", format="WEBP", lossless=True)
    for orientation in (1, 3, 5, 6, 8, 9):
        add(f"png, orientation {orientation}", format="PNG", exif=exif(orientation))
        add(f"jpeg, orientation {orientation}", format="JPEG", exif=exif(orientation, order=">"))
        add(f"webp, orientation {orientation}", format="WEBP", exif=exif(orientation))
    add("jpeg, orientation of four bytes", format="JPEG", exif=exif(6, kind=4))
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    add("jpeg, turned by XMP", format="JPEG", xmp=packet)
    add("webp, turned by XMP", format="WEBP", xmp=packet)
    add("jpeg, Exif above XMP", format="JPEG", xmp=packet, exif=exif(1))
    add("jpeg, with a comment", format="JPEG", comment=b"x" * 300)
    add("jpeg, with a profile", format="JPEG", icc_profile=b"p" * 500)
    rows = []
    for name, data in found:
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        rows.append({"name": name, "base64": base64.b64encode(data).decode(), "size": list(image.size)})
    return rows


def main():
    have = {"transformers": transformers.__version__, "pillow": PIL.__version__}
    if have != VERSIONS:
        sys.exit(f"the numbers are made with {VERSIONS}, not with {have}")
    all_sizes = sizes()
    cases = []
    for description in MODELS:
        processor = processor_of(description)
        folder = {key: description[key] for key in ("preprocessor_config.json", "processor_config.json")}
        cases.append(
            {
                "name": description["name"],
                "files": {key: value for key, value in folder.items() if value},
                "tokens": [tokens(processor, size) for size in all_sizes],
            }
        )
    cases += gemma(all_sizes)
    result = {"versions": VERSIONS, "sizes": [list(size) for size in all_sizes], "models": cases, "files": files()}
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    OUTPUT.write_text(json.dumps(result, separators=(",", ":")) + "\n")
    print(f"{OUTPUT}: {OUTPUT.stat().st_size:,} bytes, {len(all_sizes)} sizes, {len(cases)} models")


if __name__ == "__main__":
    main()
