#!/usr/bin/env python3
"""Compare `tokenstats count` with the Python libraries on random text, document by document.

usage: Scripts/fuzz_reference.py [--megabytes 200 | --quick] [--seed N] [--program PATH] [--texts FILE.jsonl ...]

Makes documents of many kinds (languages, code, random code points, pieces of the vocabularies, added tokens inside
text, white space, long runs, marks, mutations of real text), counts their tokens with the program, with gigatoken, and
every tenth document with the Hugging Face tokenizers too, for all three models. Real text is this Python's standard
library, the documents under this repository, and the JSONL files given (a string, or an object with `text`, a line).

Every difference is printed with the document and all counts; the documents also go to differences.jsonl in the work
folder. Where gigatoken alone stands against the others, the Hugging Face tokenizers have the last word: that is
reported, but is no difference. Exit code 1 if there is any difference.

The libraries come from a virtual environment that this script makes once (pinned versions, from pip's index), unless
the Python that runs it, or the one given with --python, has them. The vocabularies are those of
`tokenstats tokenizers fetch`.
"""
import argparse
import glob
import importlib.metadata
import json
import os
import random
import subprocess
import sys
import sysconfig
import time
import venv

import make_stress_texts

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODELS = ("gemma-2-27b", "llama-3.3-70b", "qwen-3-32b")
REQUIREMENTS = {"gigatoken": "0.10.0", "tokenizers": "0.23.3", "sentencepiece": "0.2.3", "protobuf": "7.36.2"}
QUICK_MEGABYTES = 12
CHUNK_BYTES = 8_000_000
HUGGING_FACE_SHARE = 10
SPACES = [chr(c) for c in (9, 10, 11, 12, 13, 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0xFEFF, 0x1C, 0x1F)]
JAMO = [chr(c) for c in (*range(0x1100, 0x1113), *range(0x1161, 0x1176), *range(0x11A8, 0x11C3), 0xAC00, 0xAC1C, 0xD788)]
TAILS = ["'s", "'S", "'\u017f", "\u2019s", "'t", "'re", "'RE", "'ve", "'m", "'ll", "'lL", "'d", "'x", "''s", "'", "`s"]
RANGES = [(0, 0x80), (0x80, 0x250), (0x250, 0x700), (0x300, 0x370), (0x900, 0x1000), (0x1000, 0x2000), (0x2000, 0x2C00),
          (0x3000, 0x3400), (0x4E00, 0xA000), (0xA000, 0xD800), (0xE000, 0x10000), (0x10000, 0x20000), (0x1F000, 0x1FB00), (0, 0x110000)]


class Fuzzer(make_stress_texts.Writer):
    """The kinds of the stress texts, and kinds aimed at single rules of the tokenizers."""

    def __init__(self, seed, real, pieces, added):
        super().__init__(seed)
        self.real_texts, self.vocabulary, self.added = real, pieces, added
        self.marks = [chr(c) for c in (*range(0x300, 0x370), 0x93C, 0x94D, 0x5B0, 0x64B, 0x651, 0xE38, 0xE48, 0x3099, 0x11935, 0x11930, 0x1DFA, 0x1E08F)]
        aimed = (self.scalars, self.pieces, self.specials, self.white, self.runs, self.words, self.digits, self.marked, self.hangul, self.mutated)
        self.kinds = [getattr(self, kind) for kind in make_stress_texts.KINDS] + list(aimed) + [self.real] * 6

    def document(self):
        kind = self.pick(self.kinds)
        text = kind()
        if self.random() < 0.05:
            text += self.pick((" ", "\n", "\r\n", "\t", "  ", self.pick(self.added)))
        return kind.__name__, text

    def scalar(self):
        low, high = self.pick(RANGES)
        c = low + self.below(high - low)
        return chr(c) if not 0xD800 <= c < 0xE000 else "\ufffd"

    def scalars(self):
        if self.random() < 0.5:
            return "".join(self.scalar() for _ in range(self.length(1, 600)))
        low, high = self.pick(RANGES)
        return "".join(chr(c) for c in (low + self.below(high - low) for _ in range(self.length(1, 600))) if not 0xD800 <= c < 0xE000)

    def pieces(self):
        joint = self.pick(("", "", " ", "\n", "'"))
        return joint.join(self.pick(self.vocabulary) for _ in range(self.length(1, 300)))

    def specials(self):
        parts = []
        for _ in range(self.length(1, 60)):
            token = self.pick(self.added)
            cut = self.below(len(token))
            parts.append(self.pick((token, token, token[:cut], token[cut:], self.pick(make_stress_texts.ENGLISH), self.pick(SPACES), "<", "|", "\u2581")))
        return "".join(parts)

    def white(self):
        parts = []
        for _ in range(self.length(1, 80)):
            space = " " if self.random() < 0.4 else self.pick(SPACES)
            parts.append(space * (1 + self.below(70) if self.random() < 0.3 else 1))
            parts.append(self.pick(("", "a", "the", "1", ".", "!?", "\u4e2d", "\u2581", "'s")))
        return "".join(parts)

    def runs(self):
        unit = self.pick((self.scalar(), self.pick(self.vocabulary), self.pick(" \n\ta_-=.1\u4e2d\u0301\u2581"), self.pick(("ab", "\r\n", " a", "na", "\u0915\u094d"))))
        longest = 200_000 if self.random() < 0.004 else 3_000
        return self.pick(("", "x", " ")) + unit * (self.length(1, longest) // len(unit) + 1) + self.pick(("", "x", " y"))

    def words(self):
        """Words that no vocabulary has, of any length, with contractions behind."""
        letters = self.pick(("abcdefghijklmnopqrstuvwxyz", "etaoin", "ABCDEFGH", "aAbBcC", "\u0430\u0431\u0432\u0433\u0434", "\xe4\xf6\xfc\xdf", "a\u0301e\u0323"))
        parts = []
        for _ in range(self.length(1, 80)):
            parts.append("".join(self.pick(letters) for _ in range(self.length(1, 300 if self.random() < 0.05 else 18))))
            parts.append(self.pick(TAILS) if self.random() < 0.3 else "")
            parts.append(self.pick((" ", " ", " ", "\n", "-", "_", "/", ".", " (", "\u2014")))
        return "".join(parts)

    def digits(self):
        numerals = self.pick(("0123456789", "0123456789", "\u0661\u0662\u0663", "\u0967\u0968", "\u00bd\u2167\u2460", "\U0001d7d8\U0001d7d9"))
        parts = []
        for _ in range(self.length(1, 120)):
            parts.append("".join(self.pick(numerals) for _ in range(1 + self.below(12))))
            parts.append(self.pick((" ", ",", ".", "-", "/", ":", "", "px", " %", "\n", "e+")))
        return "".join(parts)

    def marked(self):
        parts = []
        for _ in range(self.length(1, 200)):
            parts.append(self.pick(("a", "e", "E", "o", "u", "\xe9", "\u1ea1", "\u0915", "\u05d0", "\u0627", "\u304b", " ", self.scalar())))
            parts += [self.pick(self.marks) for _ in range(self.below(5))]
        return "".join(parts)

    def hangul(self):
        return "".join(self.pick(JAMO) if self.random() < 0.9 else self.pick((" ", "\u0301", "a")) for _ in range(self.length(1, 300)))

    def real(self):
        text = self.pick(self.real_texts)
        start = self.below(len(text))
        return text[start : start + self.length(200, 12_000)]

    def mutated(self):
        text = list(self.real()[:3_000])
        for _ in range(self.length(1, 60)):
            at = self.below(len(text) + 1)
            change = self.below(4)
            if change == 0:
                del text[at : at + 1 + self.below(4)]
            elif change == 1:
                text.insert(at, self.scalar())
            elif change == 2:
                text.insert(at, self.pick(SPACES) * (1 + self.below(3)))
            elif at < len(text):
                text[at] = text[at].swapcase() * (1 + self.below(3))
        return "".join(text) or " "


def real_texts(files):
    """Texts as they occur: code and documents of this machine, and what the user gives."""
    texts = []
    for path in files:
        with open(path, encoding="utf-8", newline="\n") as file:
            for line in file:
                value = json.loads(line)
                texts.append(value if isinstance(value, str) else value["text"])
    library = sorted(glob.glob(os.path.join(sysconfig.get_paths()["stdlib"], "*.py")))
    documents = sorted(glob.glob(os.path.join(ROOT, "**", "*.md"), recursive=True))
    for path in library + [path for path in documents if os.sep + ".build" not in path]:
        with open(path, encoding="utf-8", errors="ignore") as file:
            texts.append(file.read())
    return [text for text in texts if text.strip()]


def prepare_environment(options):
    """Runs this script again with a Python that has the libraries, unless this one does."""
    def present(name, version):
        try:
            return importlib.metadata.version(name) == version
        except importlib.metadata.PackageNotFoundError:
            return False

    if all(present(*requirement) for requirement in REQUIREMENTS.items()):
        return
    if os.environ.get("TOKENSTATS_FUZZ_PYTHON"):
        sys.exit(f"{sys.executable} lacks one of {', '.join('=='.join(r) for r in REQUIREMENTS.items())}")
    python = options.python
    if python is None:
        folder = os.path.join(options.work, "venv")
        python = os.path.join(folder, "bin", "python")
        if not os.path.exists(os.path.join(folder, "complete")):
            print("Making a virtual environment with the reference libraries ...", file=sys.stderr)
            venv.create(folder, with_pip=True, clear=True)
            packages = [f"{name}=={version}" for name, version in REQUIREMENTS.items()]
            subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], check=True)
            open(os.path.join(folder, "complete"), "w").close()
    os.execve(python, [python, os.path.abspath(__file__), *sys.argv[1:]], {**os.environ, "TOKENSTATS_FUZZ_PYTHON": python})


def reference_folder(options):
    """The tokenizer.json files, made once."""
    folder = os.path.join(options.work, "tokenizers")
    if not all(os.path.exists(os.path.join(folder, model, "tokenizer.json")) for model in MODELS):
        maker = os.path.join(ROOT, "Scripts", "make_reference_tokenizers.py")
        subprocess.run([sys.executable, maker, folder], check=True)
    return folder


class Model:
    """One model in the program and in both libraries."""

    def __init__(self, name, options, folder):
        import gigatoken
        import tokenizers

        path = os.path.join(folder, name, "tokenizer.json")
        self.name, self.program = name, options.program
        self.gigatoken = gigatoken.Tokenizer(path)
        self.hugging_face = tokenizers.Tokenizer.from_file(path)

    def program_counts(self, path, documents):
        command = [self.program, "count", "--model", self.name, path]
        result = subprocess.run(command, stdout=subprocess.PIPE, text=True)
        counts = [int(line) if line.isdecimal() else line for line in result.stdout.split("\n")[:-1]]
        if result.returncode != 0 or len(counts) != len(documents):
            sys.exit(f"`{' '.join(command)}` ended with {result.returncode} and {len(counts)} lines for {len(documents)} documents")
        return counts

    def gigatoken_counts(self, texts):
        import awkward

        return awkward.to_list(awkward.num(self.gigatoken.encode_batch(texts)))

    def hugging_face_counts(self, texts):
        return [len(encoding) for encoding in self.hugging_face.encode_batch_fast(texts, add_special_tokens=False)]

    def vocabulary(self):
        """Every piece as text, and the added tokens."""
        added = self.hugging_face.get_added_tokens_decoder()
        size = self.hugging_face.get_vocab_size()
        decoded = self.hugging_face.decode_batch([[i] for i in range(size) if i not in added])
        return [piece for piece in decoded if piece], [token.content for token in added.values()]


class Comparison:
    """Counts documents and keeps account of what differs."""

    def __init__(self, options, models):
        self.options, self.models = options, models
        self.differences = self.gigatoken_alone = self.checked = 0
        self.log = os.path.join(options.work, "differences.jsonl")

    def run(self, documents):
        path = os.path.join(self.options.work, "documents.jsonl")
        texts = [text for _, text in documents]
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            for index, text in enumerate(texts):
                # Both spellings of JSON: escapes and plain UTF-8.
                file.write(json.dumps(text, ensure_ascii=index % 2 == 0) + "\n")
        for model in self.models:
            counts = model.program_counts(path, documents)
            others = model.gigatoken_counts(texts)
            sample = list(range(0, len(texts), HUGGING_FACE_SHARE))
            truth = dict(zip(sample, model.hugging_face_counts([texts[i] for i in sample])))
            for index, (count, other) in enumerate(zip(counts, others)):
                if count != other and index not in truth:
                    truth[index] = model.hugging_face_counts([texts[index]])[0]
                if count != truth.get(index, other):
                    self.report(model.name, documents[index], count, other, truth[index])
                elif count != other:
                    self.note(model.name, documents[index], count, other)
            self.checked += len(sample)
        os.remove(path)

    def report(self, model, document, count, other, truth):
        kind, text = document
        self.differences += 1
        with open(self.log, "a", encoding="ascii") as file:
            file.write(json.dumps({"model": model, "kind": kind, "text": text, "tokenstats": count, "tokenizers": truth, "gigatoken": other}) + "\n")
        if self.differences <= 20:
            shown = json.dumps(text)
            shown = shown if len(shown) <= 400 else f"{shown[:400]}... ({len(text)} characters)"
            print(f"DIFFERENT {model} ({kind}): tokenstats {count}, tokenizers {truth}, gigatoken {other}: {shown}")

    def note(self, model, document, count, other):
        self.gigatoken_alone += 1
        if self.gigatoken_alone <= 5:
            print(f"gigatoken alone: {model} ({document[0]}): {other}, tokenstats and tokenizers {count}: {json.dumps(document[1])[:200]}")


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=200, help="how much text to compare (200)")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_MEGABYTES} MB: about a minute")
    parser.add_argument("--seed", type=int, help="the same seed with the same Python gives the same documents")
    parser.add_argument("--program", default=os.path.join(ROOT, ".build", "release", "tokenstats"))
    parser.add_argument("--texts", nargs="*", default=[], help="JSONL files with more real text")
    parser.add_argument("--python", help="a Python that has the libraries")
    parser.add_argument("--work", default=os.path.join(ROOT, ".build", "fuzz"), help="where the environment and results go")
    options = parser.parse_args()
    options.work = os.path.abspath(options.work)
    if options.quick:
        options.megabytes = QUICK_MEGABYTES
    if not os.access(options.program, os.X_OK):
        parser.error(f"no program at {options.program}: build it with `make build`, or name it with --program")
    return options


def main():
    options = parse_options()
    os.makedirs(options.work, exist_ok=True)
    prepare_environment(options)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**9)
    print(f"seed {seed}", flush=True)
    folder = reference_folder(options)
    models = [Model(name, options, folder) for name in MODELS]
    pieces, added = zip(*(model.vocabulary() for model in models))
    fuzzer = Fuzzer(seed, real_texts(options.texts), sum(pieces, []), sum(added, []))
    comparison = Comparison(options, models)
    if os.path.exists(comparison.log):
        os.remove(comparison.log)

    start, size, number, documents, pending = time.monotonic(), 0, 0, [], 0
    while size < options.megabytes * 1e6:
        documents.append(fuzzer.document())
        pending += len(documents[-1][1].encode())
        if pending >= CHUNK_BYTES or size + pending >= options.megabytes * 1e6:
            comparison.run(documents)
            size, number = size + pending, number + len(documents)
            documents, pending = [], 0
            print(f"{size / 1e6:.0f} MB, {number} documents, {comparison.differences} differences, {time.monotonic() - start:.0f} s", file=sys.stderr)
    print(f"{number} documents, {size / 1e6:.1f} MB, {len(models)} models: {comparison.differences} differences from the reference "
          f"({comparison.checked} counts checked with tokenizers; gigatoken alone differs {comparison.gigatoken_alone} times)")
    return 1 if comparison.differences else 0


if __name__ == "__main__":
    sys.exit(main())
