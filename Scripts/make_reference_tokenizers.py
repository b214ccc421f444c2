#!/usr/bin/env python3
"""Write Hugging Face `tokenizer.json` files from the vocabularies that `tokenstats tokenizers fetch` stored.

usage: pip install sentencepiece==0.2.3 protobuf
       Scripts/make_reference_tokenizers.py OUT_DIR [CACHE_DIR]

CACHE_DIR is the program's cache, by default $XDG_CACHE_HOME/tokenstats or ~/.cache/tokenstats; what is not in it is
looked for in the Hugging Face cache, as the program does. The results are
OUT_DIR/{gemma-2-27b,llama-3.3-70b,qwen-3-32b,qwen2.5-32b}/tokenizer.json. For Gemma and Llama they hold what
transformers' converters make of the same files, in the same order, so that gigatoken and tokenizers read what they
would read from the hub, without the step that puts a token for the beginning first. Qwen's is the file itself, and
Qwen 2.5's is the same without the added tokens from 151665 on.
"""

import base64
import glob
import hashlib
import json
import os
import sys

from sentencepiece import sentencepiece_model_pb2 as sentencepiece_model

LLAMA_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA_NAMED = {
    0: "begin_of_text",
    1: "end_of_text",
    4: "finetune_right_pad_id",
    6: "start_header_id",
    7: "end_header_id",
    8: "eom_id",
    9: "eot_id",
    10: "python_tag",
}
QWEN25_LAST = 151_664
# Name in the program's cache, name on the hub, SHA-256.
GEMMA = ("gemma-2.model", "tokenizer.model", "61a7b147390c64585d6c3543dd6fc636906c9af3865a5548f27f31aee1d4c8e2")
LLAMA = (
    "llama-3.tiktoken",
    "original/tokenizer.model",
    "82e9d31979e92ab929cd544440f129d9ecd797b69e327f80f17e1c50d5551b55",
)
QWEN = ("qwen-3.json", "tokenizer.json", "aeb13307a71acd8fe81861d94ad54ab689df773318809eed3cbe794b4492dae4")
UNKNOWN, CONTROL, USER_DEFINED = 2, 3, 4


def added_token(number, content, special):
    return {
        "id": number,
        "content": content,
        "single_word": False,
        "lstrip": False,
        "rstrip": False,
        "normalized": False,
        "special": special,
    }


def document(added_tokens, **parts):
    empty = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added_tokens,
        "normalizer": None,
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": None,
    }
    return {**empty, **parts}


def model(vocabulary, merges, **options):
    defaults = {
        "type": "BPE",
        "dropout": None,
        "unk_token": None,
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": False,
        "byte_fallback": False,
        "ignore_merges": False,
    }
    return {**defaults, **options, "vocab": vocabulary, "merges": [list(pair) for pair in merges]}


def gemma(path):
    proto = sentencepiece_model.ModelProto()
    with open(path, "rb") as file:
        proto.ParseFromString(file.read())
    # The hub's vocabulary writes the tab itself, and the first three markers have no score.
    names = ["\t" if piece.piece == "<0x09>" else piece.piece for piece in proto.pieces]
    scores = [0.0 if i < 3 else piece.score for i, piece in enumerate(proto.pieces)]
    ids = {name: i for i, name in enumerate(names)}
    merges = []
    for name, score in zip(names, scores, strict=True):
        halves = [(name[:k], name[k:]) for k in range(1, len(name))]
        known = [pair for pair in halves if pair[0] in ids and pair[1] in ids]
        merges += [(score, pair) for pair in sorted(known, key=lambda pair: (ids[pair[0]], ids[pair[1]]))]
    # Stable: pairs that tie keep the order of the ids.
    merges.sort(key=lambda merge: (merge[0], len(merge[1][0]), len(merge[1][1])), reverse=True)
    added = [
        added_token(i, piece.piece, piece.type != USER_DEFINED or piece.piece in ("<start_of_turn>", "<end_of_turn>"))
        for i, piece in enumerate(proto.pieces)
        if piece.type in (UNKNOWN, CONTROL, USER_DEFINED)
    ]
    return document(
        added,
        normalizer={"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"},
        pre_tokenizer={"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False},
        decoder={
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
            ],
        },
        model=model(ids, [pair for _, pair in merges], unk_token="<unk>", fuse_unk=True, byte_fallback=True),
    )


def byte_alphabet():
    """GPT-2's printable character of each byte."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    return {**{byte: chr(byte) for byte in printable}, **{byte: chr(256 + i) for i, byte in enumerate(others)}}


def llama(path):
    ranks = {}
    with open(path, "rb") as file:
        for line in file:
            token, rank = line.split()
            ranks[base64.b64decode(token)] = int(rank)
    merges = []
    for token, rank in ranks.items():
        halves = [(token[:k], token[k:]) for k in range(1, len(token))]
        known = [pair for pair in halves if pair[0] in ranks and pair[1] in ranks]
        merges += [(rank, pair) for pair in sorted(known, key=lambda pair: (ranks[pair[0]], ranks[pair[1]]))]
    merges.sort(key=lambda merge: merge[0])
    alphabet = byte_alphabet()

    def spelled(token):
        return "".join(alphabet[byte] for byte in token)

    first, reserved, added = len(ranks), 0, []
    for i in range(256):
        name = LLAMA_NAMED.get(i)
        if name is None:
            name, reserved = f"reserved_special_token_{reserved}", reserved + 1
        added.append(added_token(first + i, f"<|{name}|>", True))
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    split = {"type": "Split", "pattern": {"Regex": LLAMA_PATTERN}, "behavior": "Isolated", "invert": False}
    return document(
        added,
        pre_tokenizer={"type": "Sequence", "pretokenizers": [split, byte_level]},
        decoder={"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        model=model(
            {spelled(token): rank for token, rank in ranks.items()},
            [(spelled(a), spelled(b)) for _, (a, b) in merges],
            ignore_merges=True,
        ),
    )


def qwen(path, last=None):
    with open(path, encoding="utf-8") as file:
        contents = json.load(file)
    contents["added_tokens"] = [t for t in contents["added_tokens"] if last is None or t["id"] <= last]
    return contents


def find(vocabulary, folder):
    """The path of an official file, verified."""
    cached, name, digest = vocabulary
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    home = os.environ.get("HF_HOME") or os.path.join(caches, "huggingface")
    hub = os.environ.get("HF_HUB_CACHE") or os.path.join(home, "hub")
    own = os.path.join(folder or os.path.join(caches, "tokenstats"), cached)
    for path in [own, *sorted(glob.glob(os.path.join(os.path.expanduser(hub), "models--*", "snapshots", "*", name)))]:
        if os.path.isfile(path):
            with open(path, "rb") as file:
                if hashlib.sha256(file.read()).hexdigest() == digest:
                    return path
    sys.exit(f"no {cached} (SHA-256 {digest}) in the caches: run `tokenstats tokenizers fetch`")


def main():
    out, cache = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    documents = {
        "gemma-2-27b": gemma(find(GEMMA, cache)),
        "llama-3.3-70b": llama(find(LLAMA, cache)),
        "qwen-3-32b": qwen(find(QWEN, cache)),
        "qwen2.5-32b": qwen(find(QWEN, cache), QWEN25_LAST),
    }
    for name, contents in documents.items():
        folder = os.path.join(out, name)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "tokenizer.json"), "w", encoding="utf-8") as file:
            json.dump(contents, file, ensure_ascii=False)


if __name__ == "__main__":
    main()
