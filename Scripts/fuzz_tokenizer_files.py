#!/usr/bin/env python3
"""Compare random tokenizer.json files on random texts with the Python library.

usage: pip install tokenizers==0.23.3
       Scripts/fuzz_tokenizer_files.py --program PROGRAM [--files 20000] [--seed 1] [--jobs 2] [--work FOLDER]

For each file PROGRAM runs `encode` (every other file with --add-special-tokens), `count`, and `decode` of random ids
(with --skip-special-tokens for two of four). A file that the library refuses must be refused (status 5); a text for
which the library raises an error may fail in any way. The first difference of each file is printed, and its file kept
in the work folder.
"""

import argparse
import base64
import json
import multiprocessing
import os
import random
import struct
import subprocess
import sys

from tokenizers import Tokenizer

LETTERS = (
    "aabbcdeé'’ ı.-19½ſKİΣς漢の\u0301\u0327한글𝒳🙂\u200d\u00a0\t\n\r"
    "\u0085\u2581_|~$&😀ﬁ²Ⅷ٣\u0600\u1100\u1161\ufffd\x00\x1f\ufeff"
)
CHUNKS = [
    "<s>",
    "</s>",
    "[X]",
    "don't",
    "WE'LL",
    "  ",
    "\n\n",
    "\r\n",
    "Hello",
    " world",
    "123456",
    "e\u0301",
    "ÅÅ",
    "漢字かな",
    "ปลา",
    "नमस्ते",
    "a--b-c-",
    "...",
    "Straße",
    "ﬃ",
    "\u2581\u2581",
    "<0x41>",
    "##a",
    "</w>",
    "🇩🇪",
    "👩\u200d👩\u200d👧",
    "\u0041\u030a",
    "İstanbul",
    "ΑΣ",
    "\u200b",
    "\u3000",
    "foo",
    "FOO",
    "x" * 40,
    " " * 9,
]
PATTERNS = [
    r"\s+",
    r"\p{L}+",
    r"\p{N}{1,3}",
    r"[^\s\p{L}\p{N}]+",
    r"\p{P}|\s",
    r"\w+|[^\w\s]+",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)",
    r"\s+$",
    r"[\p{Ll}\p{M}&&[^\p{Latin}]]+",
    r"\b",
    r"",
    r"a*",
    r"(?<=a)b",
    r"\d",
    r"[[:alpha:]]",
    r"\P{L}",
    r"[^\S\n]+",
    r"(?i)[a-c]+|é",
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
]
BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]


def alphabet():
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table, extra = {}, 0
    for byte in range(256):
        table[byte] = chr(byte if byte in visible else 256 + extra)
        extra += byte not in visible
    return table


BYTES = alphabet()


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def flag(self, chance=0.5):
        return self.r.random() < chance

    def text(self, longest=8, letters=LETTERS):
        return "".join(self.r.choice(letters) for _ in range(self.r.randint(1, longest)))

    def pattern(self):
        if self.flag(0.3):
            return {"String": self.r.choice([" ", "a", "ab", "--", "é", "", "\u2581", self.text(2)])}
        return {"Regex": self.r.choice(PATTERNS)}

    def several(self, one, key, depth):
        return {"type": "Sequence", key: [one(depth + 1) for _ in range(self.r.randint(0, 3))]}

    def metaspace(self):
        options = {"type": "Metaspace", "replacement": self.r.choice("\u2581_")}
        if self.flag(0.7):
            options["prepend_scheme"] = self.r.choice(["first", "never", "always"])
            options["split"] = self.flag()
        else:
            options["add_prefix_space"] = self.flag(0.9)
        return options

    def byte_level(self):
        return {
            "type": "ByteLevel",
            "add_prefix_space": self.flag(),
            "trim_offsets": self.flag(),
            "use_regex": self.flag(),
        }

    def character_map(self):
        """A double-array trie with one short path, as SentencePiece writes them."""
        key, value = self.r.choice([("a", "b"), ("e", "é"), ("ﬁ", "fi"), ("\u0301", ""), ("\u00a0", " "), ("é", "e")])
        units, node, label, path = {}, 0, 0, key.encode()
        for index, byte in enumerate([None, *path]):
            if byte is not None:
                node ^= byte
                label = byte | (1 << 8 if index == len(path) else 0)
            offset = (node & ~255) ^ 256 * (index + 1)
            units[node] = offset << 10 | label
            node ^= offset
        units[node] = 0
        trie = b"".join(struct.pack("<I", units.get(k, 1 << 31 | 255)) for k in range(max(units) + 257))
        return base64.b64encode(struct.pack("<I", len(trie)) + trie + value.encode() + b"\0").decode()

    def normalizer(self, depth=0):
        kind = self.r.choice(
            "NFC NFD NFKC NFKD Lowercase StripAccents Nmt ByteLevel Strip Prepend Replace Replace BertNormalizer "
            "Precompiled".split()
            + ["Sequence"] * (3 if depth == 0 else 0)
        )
        match kind:
            case "Sequence":
                return self.several(self.normalizer, "normalizers", depth)
            case "Strip":
                return {"type": kind, "strip_left": self.flag(), "strip_right": self.flag()}
            case "Prepend":
                return {"type": kind, "prepend": self.r.choice(["\u2581", "a", " ", "xy"])}
            case "Replace":
                return {"type": kind, "pattern": self.pattern(), "content": self.r.choice(["", "\u2581", " ", "ab"])}
            case "Precompiled":
                return {"type": kind, "precompiled_charsmap": self.character_map()}
            case "BertNormalizer":
                return {
                    "type": kind,
                    "clean_text": self.flag(),
                    "handle_chinese_chars": self.flag(),
                    "strip_accents": self.r.choice([None, True, False]),
                    "lowercase": self.flag(),
                }
        return {"type": kind}

    def pre_tokenizer(self, depth=0):
        kind = self.r.choice(
            "BertPreTokenizer ByteLevel CharDelimiterSplit Digits FixedLength Metaspace Punctuation Split Split "
            "UnicodeScripts Whitespace WhitespaceSplit".split()
            + ["Sequence"] * (4 if depth == 0 else 0)
        )
        match kind:
            case "Sequence":
                return self.several(self.pre_tokenizer, "pretokenizers", depth)
            case "ByteLevel":
                return self.byte_level()
            case "Metaspace":
                return self.metaspace()
            case "CharDelimiterSplit":
                return {"type": kind, "delimiter": self.r.choice("a -é")}
            case "Digits":
                return {"type": kind, "individual_digits": self.flag()}
            case "FixedLength":
                return {"type": kind, "length": self.r.randint(1, 6)}
            case "Punctuation":
                return {"type": kind, "behavior": self.r.choice(BEHAVIORS)}
            case "Split":
                return {
                    "type": kind,
                    "pattern": self.pattern(),
                    "behavior": self.r.choice(BEHAVIORS),
                    "invert": self.flag(),
                }
        return {"type": kind}

    def post_processor(self, depth=0):
        kind = self.r.choice(
            "ByteLevel BertProcessing RobertaProcessing TemplateProcessing TemplateProcessing".split()
            + ["Sequence"] * (2 if depth == 0 else 0)
        )
        match kind:
            case "Sequence":
                return self.several(self.post_processor, "processors", depth)
            case "ByteLevel":
                return self.byte_level()
            case "BertProcessing":
                return {"type": kind, "sep": ["</s>", 1], "cls": ["<s>", 0]}
            case "RobertaProcessing":
                return {
                    "type": kind,
                    "sep": ["</s>", 1],
                    "cls": ["<s>", 0],
                    "trim_offsets": self.flag(),
                    "add_prefix_space": self.flag(),
                }
        tokens = {"<s>": [0], "</s>": [1], "both": [1, 0, 7]}
        pieces = [
            {"SpecialToken": {"id": self.r.choice(list(tokens)), "type_id": 0}} for _ in range(self.r.randint(0, 3))
        ]
        pieces.insert(self.r.randint(0, len(pieces)), {"Sequence": {"id": "A", "type_id": 0}})
        return {
            "type": kind,
            "single": pieces,
            "pair": [*pieces, {"Sequence": {"id": "B", "type_id": 1}}],
            "special_tokens": {
                name: {"id": name, "ids": ids, "tokens": [name] * len(ids)} for name, ids in tokens.items()
            },
        }

    def decoder(self, depth=0):
        kind = self.r.choice(
            "BPEDecoder ByteFallback ByteLevel CTC Fuse Metaspace Replace Replace Strip WordPiece".split()
            + ["Sequence"] * (4 if depth == 0 else 0)
        )
        match kind:
            case "Sequence":
                return self.several(self.decoder, "decoders", depth)
            case "BPEDecoder":
                return {"type": kind, "suffix": self.r.choice(["</w>", "a", "", "é"])}
            case "ByteLevel":
                return self.byte_level()
            case "CTC":
                return {
                    "type": kind,
                    "pad_token": self.r.choice(["<s>", "a", "\u2581"]),
                    "word_delimiter_token": self.r.choice(["|", " ", "b"]),
                    "cleanup": self.flag(),
                }
            case "Metaspace":
                return self.metaspace()
            case "Replace":
                return {"type": kind, "pattern": self.pattern(), "content": self.r.choice(["", " ", "ab", "\u2581"])}
            case "Strip":
                return {
                    "type": kind,
                    "content": self.r.choice(" aé\u2581"),
                    "start": self.r.randint(0, 2),
                    "stop": self.r.randint(0, 2),
                }
            case "WordPiece":
                return {"type": kind, "prefix": self.r.choice(["##", "a", ""]), "cleanup": self.flag()}
        return {"type": kind}

    def vocabulary(self, letters, prefix=""):
        tokens = ["<s>", "</s>", "<unk>"] if self.flag(0.8) else ["<s>", "</s>"]
        tokens += list(dict.fromkeys(c for c in letters if self.flag(0.85)))
        for _ in range(self.r.randint(0, 60)):
            tokens.append(self.text(3, letters))
        if self.flag(0.3):
            tokens += [f"<0x{byte:02X}>" for byte in range(256) if self.flag(0.999)]
        tokens += [prefix + t for t in tokens if prefix and self.flag()]
        tokens = list(dict.fromkeys(tokens))
        head, rest = tokens[:2], tokens[2:]
        self.r.shuffle(rest)
        return head + rest

    def model(self, letters):
        kind = self.r.choice(["BPE", "BPE", "BPE", "Unigram", "Unigram", "WordPiece", "WordLevel"])
        prefix = self.r.choice(["", "", "##"]) if kind in ("BPE", "WordPiece") else ""
        suffix = self.r.choice(["", "", "</w>"]) if kind == "BPE" else ""
        tokens = self.vocabulary(letters, prefix)
        if suffix:
            tokens += [t + suffix for t in tokens if self.flag() and t + suffix not in tokens]
        step = self.r.choice([1, 1, 1, 3])
        vocab = {t: i * step for i, t in enumerate(tokens)}
        unknown = self.r.choice(["<unk>", "<unk>", "<s>", "no"])
        match kind:
            case "Unigram":
                scores = [
                    [t, self.r.choice([-1.0, -2.5, 0.0, -self.r.random() * 12, -round(self.r.random() * 9, 2)])]
                    for t in tokens
                ]
                return {
                    "type": kind,
                    "unk_id": self.r.choice([2, 2, 0, None]),
                    "vocab": scores,
                    "byte_fallback": self.flag(),
                }
            case "WordPiece":
                return {
                    "type": kind,
                    "vocab": vocab,
                    "unk_token": unknown,
                    "continuing_subword_prefix": prefix,
                    "max_input_chars_per_word": self.r.choice([100, 5]),
                }
            case "WordLevel":
                return {"type": kind, "vocab": vocab, "unk_token": unknown}
        merges = []
        for _ in range(self.r.randint(0, 120)):
            a, b = self.r.choice(tokens), self.r.choice(tokens)
            if prefix and not b.startswith(prefix):
                continue
            joined = a + b[len(prefix) :]
            if joined in vocab or (len(joined) < 14 and self.flag(0.7)):
                if joined not in vocab:
                    vocab[joined] = max(vocab.values()) + 1
                    tokens.append(joined)
                if " " not in a + b and [a, b] not in merges:
                    merges.append([a, b])
        if self.flag():
            merges = [" ".join(m) for m in merges]
        return {
            "type": kind,
            "dropout": None,
            "unk_token": self.r.choice([None, unknown]),
            "continuing_subword_prefix": prefix or None,
            "end_of_word_suffix": suffix or None,
            "fuse_unk": self.flag(),
            "byte_fallback": self.flag(),
            "ignore_merges": self.flag(0.3),
            "vocab": vocab,
            "merges": merges,
        }

    def added_tokens(self, model):
        contents = [
            "<s>",
            "</s>",
            "foo",
            "Foo",
            "É",
            " ",
            "\n",
            "a",
            "ab",
            "漢",
            "[X]",
            "e\u0301",
            "İ",
            "\u2581",
            "<0x41>",
            "##a",
        ]
        tokens = []
        for content in self.r.sample(contents, self.r.randint(0, 6)):
            tokens.append(
                {
                    "id": 1000 + len(tokens),
                    "content": content,
                    "single_word": self.flag(0.2),
                    "lstrip": self.flag(0.25),
                    "rstrip": self.flag(0.25),
                    "normalized": self.flag(0.3),
                    "special": self.flag(),
                }
            )
        return tokens

    def file(self):
        is_bytes = self.flag(0.35)
        letters = "".join(BYTES.values()) if is_bytes else LETTERS
        model = self.model(letters)
        pre_tokenizer = self.pre_tokenizer() if self.flag(0.75) else None
        if is_bytes and self.flag(0.8):
            pre_tokenizer = {"type": "Sequence", "pretokenizers": [p for p in [pre_tokenizer, self.byte_level()] if p]}
        return {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": self.added_tokens(model),
            "normalizer": self.normalizer() if self.flag(0.6) else None,
            "pre_tokenizer": pre_tokenizer,
            "post_processor": self.post_processor() if self.flag() else None,
            "decoder": self.decoder() if self.flag(0.7) else None,
            "model": model,
        }

    def ids(self, file):
        """Rows of ids to decode, some of which no token has."""
        model = file["model"]
        ids = list(range(len(model["vocab"]))) if model["type"] == "Unigram" else list(model["vocab"].values())
        highest = max(ids) + 1
        ids += [highest + k for k in range(8)] + [100_000]
        return [[self.r.choice(ids) for _ in range(self.r.randint(0, 24))] for _ in range(8)]

    def texts(self, file):
        words = [t["content"] for t in file["added_tokens"]] + CHUNKS
        texts = ["", " ", "a"]
        for _ in range(9):
            texts.append(
                "".join(self.r.choice(words) if self.flag(0.4) else self.text(4) for _ in range(self.r.randint(1, 12)))
            )
        return texts


def run(program, command, path, rows, *flags):
    """The lines of output, the exit status and the messages."""
    arguments = [program, command, "--model", path, *flags]
    done = subprocess.run(
        arguments, input="".join(json.dumps(row) + "\n" for row in rows).encode(), capture_output=True, check=False
    )
    return done.stdout.decode().split("\n")[:-1], done.returncode, done.stderr.decode(errors="replace").strip()


def expected(function, *arguments, **options):
    """What the library says, or None where it raises an error."""
    try:
        return function(*arguments, **options)
    except BaseException as error:  # A panic of the library is no Exception.
        if isinstance(error, KeyboardInterrupt):
            raise
        return None


def first_difference(name, want, result, read):
    """A sentence about the first row that differs, or None."""
    lines, status, message = result
    if status not in (0, 3) or len(lines) != len(want):
        return f"{name}: status {status}, {len(lines)} of {len(want)} rows: {message}"
    for row, (right, line) in enumerate(zip(want, lines, strict=True)):
        if right is not None and read(line) != right:
            return f"{name}, row {row}: {line} instead of {json.dumps(right)}"
    return None


def difference(program, path, file, texts, rows, special, skip):
    """A sentence about the first difference, or None; and whether the library reads the file."""
    objects = [{"text": t} for t in texts]
    encoded = run(program, "encode", path, objects, "--ascii", *["--add-special-tokens"] * special)
    # Added tokens that are nothing or the same in normalized text: the library takes one of them by chance, breaks off,
    # or goes on for ever.
    if encoded[1] == 5 and "is normalized to" in encoded[2]:
        return None, False
    try:
        tokenizer = Tokenizer.from_str(json.dumps(file))
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return (None if encoded[1] == 5 else f"not refused ({error}): {encoded[2]}"), False

    def ids(text, special):
        return expected(lambda: tokenizer.encode(text, add_special_tokens=special).ids)

    found = first_difference(
        f"encode, special tokens {special}",
        [ids(text, special) for text in texts],
        encoded,
        lambda line: json.loads(line).get("ids"),
    )
    without = [ids(text, False) for text in texts]
    found = found or first_difference(
        "count",
        [None if row is None else len(row) for row in without],
        run(program, "count", path, objects),
        lambda line: None if line == "-" else int(line),
    )
    found = found or first_difference(
        f"decode, skipping {skip}",
        [expected(tokenizer.decode, row, skip_special_tokens=skip) for row in rows],
        run(program, "decode", path, rows, "--ascii", *["--skip-special-tokens"] * skip),
        lambda line: json.loads(line).get("text"),
    )
    return found, True


def compare(job):
    """Compares the file of a seed: what differs, and whether the library reads it."""
    seed, program, work = job
    maker = Maker(seed)
    file = maker.file()
    path = os.path.join(work, f"{seed}.json")
    with open(path, "w") as output:
        json.dump(file, output)
    special, skip = seed % 2 == 0, seed % 4 < 2
    found, is_read = difference(program, path, file, maker.texts(file), maker.ids(file), special, skip)
    if not found:
        os.remove(path)
    return found and f"{path}: {found}", is_read


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--program", required=True)
    options.add_argument("--files", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    options.add_argument("--work", default=".build-test/fuzz-files")
    arguments = options.parse_args()
    os.makedirs(arguments.work, exist_ok=True)
    seeds = range(arguments.seed, arguments.seed + arguments.files)
    differences = read = 0
    with multiprocessing.Pool(arguments.jobs) as pool:
        jobs = ((seed, arguments.program, arguments.work) for seed in seeds)
        for found, is_read in pool.imap_unordered(compare, jobs, chunksize=8):
            read += is_read
            if found:
                differences += 1
                print(found, flush=True)
    print(f"{arguments.files} files, {read} that the library reads, {differences} with differences")
    sys.exit(differences > 0)


if __name__ == "__main__":
    main()
