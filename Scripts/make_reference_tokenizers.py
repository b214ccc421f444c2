#!/usr/bin/env python3
"""Write Hugging Face `tokenizer.json` files from the vocabularies that `tokenstats tokenizers fetch` stored.

usage: pip install sentencepiece==0.2.3 protobuf
       Scripts/make_reference_tokenizers.py OUT_DIR [CACHE_DIR]

CACHE_DIR is the program's cache, by default $XDG_CACHE_HOME/tokenstats or ~/.cache/tokenstats. The results are
OUT_DIR/{gemma-2-27b,llama-3.3-70b,qwen-3-32b,qwen2.5-32b}/tokenizer.json. For Gemma and Llama they hold what
transformers' converters make of the same files, in the same order, so that gigatoken and tokenizers read what they
would read from the hub, without the step that puts a token for the beginning first. Qwen's is the file itself, and
Qwen 2.5's is the same without the added tokens from 151665 on.
"""
import base64
import json
import os
import sys

from sentencepiece import sentencepiece_model_pb2 as sentencepiece_model

LLAMA_PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA_NAMED = {0: "begin_of_text", 1: "end_of_text", 4: "finetune_right_pad_id", 6: "start_header_id", 7: "end_header_id",
               8: "eom_id", 9: "eot_id", 10: "python_tag"}
QWEN25_LAST = 151_664
UNKNOWN, CONTROL, USER_DEFINED = 2, 3, 4


def added_token(number, content, special):
    return {"id": number, "content": content, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
            "special": special}


def document(added_tokens, **parts):
    empty = dict(version="1.0", truncation=None, padding=None, added_tokens=added_tokens, normalizer=None,
                 pre_tokenizer=None, post_processor=None, decoder=None)
    return {**empty, **parts}


def model(vocabulary, merges, **options):
    defaults = dict(type="BPE", dropout=None, unk_token=None, continuing_subword_prefix=None, end_of_word_suffix=None,
                    fuse_unk=False, byte_fallback=False, ignore_merges=False)
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
    for name, score in zip(names, scores):
        halves = [(name[:k], name[k:]) for k in range(1, len(name))]
        known = [pair for pair in halves if pair[0] in ids and pair[1] in ids]
        merges += [(score, pair) for pair in sorted(known, key=lambda pair: (ids[pair[0]], ids[pair[1]]))]
    # Stable: pairs that tie keep the order of the ids.
    merges.sort(key=lambda merge: (merge[0], len(merge[1][0]), len(merge[1][1])), reverse=True)
    added = [added_token(i, piece.piece, piece.type != USER_DEFINED or piece.piece in ("<start_of_turn>", "<end_of_turn>"))
             for i, piece in enumerate(proto.pieces) if piece.type in (UNKNOWN, CONTROL, USER_DEFINED)]
    return document(
        added, normalizer={"type": "Replace", "pattern": {"String": " "}, "content": "\u2581"},
        pre_tokenizer={"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": False},
        decoder={"type": "Sequence", "decoders": [
            {"type": "Replace", "pattern": {"String": "\u2581"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}]},
        model=model(ids, [pair for _, pair in merges], unk_token="<unk>", fuse_unk=True, byte_fallback=True))


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
        added, pre_tokenizer={"type": "Sequence", "pretokenizers": [split, byte_level]},
        decoder={"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        model=model({spelled(token): rank for token, rank in ranks.items()},
                    [(spelled(a), spelled(b)) for _, (a, b) in merges], ignore_merges=True))


def qwen(path, last=None):
    with open(path, encoding="utf-8") as file:
        contents = json.load(file)
    contents["added_tokens"] = [t for t in contents["added_tokens"] if last is None or t["id"] <= last]
    return contents


def default_cache():
    return os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "tokenstats")


def main():
    out = sys.argv[1]
    cache = sys.argv[2] if len(sys.argv) > 2 else default_cache()
    documents = {
        "gemma-2-27b": gemma(os.path.join(cache, "gemma-2.model")),
        "llama-3.3-70b": llama(os.path.join(cache, "llama-3.tiktoken")),
        "qwen-3-32b": qwen(os.path.join(cache, "qwen-3.json")),
        "qwen2.5-32b": qwen(os.path.join(cache, "qwen-3.json"), QWEN25_LAST),
    }
    for name, contents in documents.items():
        folder = os.path.join(out, name)
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "tokenizer.json"), "w", encoding="utf-8") as file:
            json.dump(contents, file, ensure_ascii=False)


if __name__ == "__main__":
    main()
