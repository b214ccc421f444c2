#!/usr/bin/env python3
"""Compare `tokenstats count` with the Python libraries on random text, document by document.

usage: Scripts/fuzz_reference.py [--megabytes 200 | --quick] [--seed N] [--program PATH] [--texts FILE.jsonl ...]

Makes documents of many kinds (languages, code, random code points, pieces of the vocabularies, added tokens inside
text, white space, long runs, marks, mutations of real text), counts their tokens with the program, with gigatoken, and
every tenth document with the Hugging Face tokenizers too, for all three models. A part of the documents is also counted
with each tokenizer file that is on this machine, those that ../shared/models/get.py has laid out
(~/.cache/tokenstats/model-files or $TOKENSTATS_MODEL_FILES) and those in ../shared/models/converted, beside the Hugging
Face tokenizers. Real text is this Python's standard library, the documents under this repository, and the JSONL files
given (a string, or an object with `text`, a line).

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
import itertools
import json
import os
import random
import subprocess
import sys
import time
import venv

import fuzz_texts

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODELS = ("gemma-2-27b", "llama-3.3-70b", "qwen-3-32b")
REQUIREMENTS = {"gigatoken": "0.10.0", "tokenizers": "0.23.3", "sentencepiece": "0.2.3", "protobuf": "7.36.2"}
QUICK_MEGABYTES = 12
CHUNK_BYTES = 8_000_000
HUGGING_FACE_SHARE = 10
# Each family counts one of so many documents.
FAMILY_SHARE = 20


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
            subprocess.run(
                [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], check=True
            )
            open(os.path.join(folder, "complete"), "w").close()
    os.execve(
        python, [python, os.path.abspath(__file__), *sys.argv[1:]], {**os.environ, "TOKENSTATS_FUZZ_PYTHON": python}
    )


def reference_folder(options):
    """The tokenizer.json files, made once."""
    folder = os.path.join(options.work, "tokenizers")
    if not all(os.path.exists(os.path.join(folder, model, "tokenizer.json")) for model in MODELS):
        maker = os.path.join(ROOT, "Scripts", "make_reference_tokenizers.py")
        subprocess.run([sys.executable, maker, folder], check=True)
    return folder


def family_files():
    """The tokenizer files of this machine by name."""
    folder = os.environ.get("TOKENSTATS_MODEL_FILES") or os.path.expanduser("~/.cache/tokenstats/model-files")
    shared = os.environ.get("TOKENSTATS_SHARED") or os.path.join(os.path.dirname(ROOT), "shared")
    paths = sorted(glob.glob(os.path.join(folder, "*", "tokenizer.json")))
    files = {os.path.basename(os.path.dirname(path)): path for path in paths}
    for path in sorted(glob.glob(os.path.join(shared, "models", "converted", "*.json"))):
        if os.path.basename(path) != "index.json":
            files[f"converted/{os.path.basename(path)[:-5]}"] = path
    return files


class Family:
    """One tokenizer file in the program and in the Hugging Face tokenizers."""

    def __init__(self, name, model, path, options):
        import tokenizers

        self.name, self.model, self.program = name, model, options.program
        self.hugging_face = tokenizers.Tokenizer.from_file(path)
        # transformers decides about both anew, whatever the file says.
        self.hugging_face.no_truncation()
        self.hugging_face.no_padding()

    @staticmethod
    def all(options):
        """Those that the library reads."""
        families = []
        for name, path in family_files().items():
            try:
                families.append(Family(name, path, path, options))
            except Exception as error:  # The library has no type of its own for this.
                print(f"not compared: {name}: {error}", file=sys.stderr)
        return families

    def program_counts(self, path, documents):
        command = [self.program, "count", "--each", "--model", self.model, path]
        result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        counts = [int(line) if line.isdecimal() else line for line in result.stdout.split("\n")[:-1]]
        if result.returncode != 0 or len(counts) != len(documents):
            sys.exit(
                f"`{' '.join(command)}` ended with {result.returncode} and {len(counts)} lines for "
                f"{len(documents)} documents"
            )
        return counts

    def hugging_face_counts(self, texts):
        return [len(encoding) for encoding in self.hugging_face.encode_batch_fast(texts, add_special_tokens=False)]


class Model(Family):
    """One model in the program and in both libraries."""

    def __init__(self, name, options, folder):
        import gigatoken

        path = os.path.join(folder, name, "tokenizer.json")
        super().__init__(name, name, path, options)
        self.gigatoken = gigatoken.Tokenizer(path)

    def gigatoken_counts(self, texts):
        import awkward

        return awkward.to_list(awkward.num(self.gigatoken.encode_batch(texts)))

    def vocabulary(self):
        """Every piece as text, and the added tokens."""
        added = self.hugging_face.get_added_tokens_decoder()
        size = self.hugging_face.get_vocab_size()
        decoded = self.hugging_face.decode_batch([[i] for i in range(size) if i not in added])
        return [piece for piece in decoded if piece], [token.content for token in added.values()]


class Comparison:
    """Counts documents and keeps account of what differs."""

    def __init__(self, options, models, families):
        self.options, self.models, self.families = options, models, families
        self.family_bytes = 0
        self.differences = self.gigatoken_alone = self.checked = 0
        self.log = os.path.join(options.work, "differences.jsonl")

    def write(self, texts):
        path = os.path.join(self.options.work, "documents.jsonl")
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            for index, text in enumerate(texts):
                # Both spellings of JSON: escapes and plain UTF-8.
                file.write(json.dumps(text, ensure_ascii=index % 2 == 0) + "\n")
        return path

    def run_families(self, documents):
        for number, family in enumerate(self.families):
            sample = documents[number % FAMILY_SHARE :: FAMILY_SHARE]
            texts = [text for _, text in sample]
            path = self.write(texts)
            counts, truth = family.program_counts(path, sample), family.hugging_face_counts(texts)
            for document, count, right in zip(sample, counts, truth, strict=True):
                if count != right:
                    self.report(family.name, document, count, None, right)
            self.family_bytes += sum(len(text.encode()) for text in texts)

    def run(self, documents):
        self.run_families(documents)
        texts = [text for _, text in documents]
        path = self.write(texts)
        for model in self.models:
            counts = model.program_counts(path, documents)
            others = model.gigatoken_counts(texts)
            sample = list(range(0, len(texts), HUGGING_FACE_SHARE))
            truth = dict(zip(sample, model.hugging_face_counts([texts[i] for i in sample]), strict=True))
            for index, (count, other) in enumerate(zip(counts, others, strict=True)):
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
            file.write(
                json.dumps(
                    {
                        "model": model,
                        "kind": kind,
                        "text": text,
                        "tokenstats": count,
                        "tokenizers": truth,
                        "gigatoken": other,
                    }
                )
                + "\n"
            )
        if self.differences <= 20:
            shown = json.dumps(text)
            shown = shown if len(shown) <= 400 else f"{shown[:400]}... ({len(text)} characters)"
            print(f"DIFFERENT {model} ({kind}): tokenstats {count}, tokenizers {truth}, gigatoken {other}: {shown}")

    def note(self, model, document, count, other):
        self.gigatoken_alone += 1
        if self.gigatoken_alone <= 5:
            print(
                f"gigatoken alone: {model} ({document[0]}): {other}, tokenstats and tokenizers {count}: "
                f"{json.dumps(document[1])[:200]}"
            )


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=float, default=200, help="how much text to compare (200)")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_MEGABYTES} MB: about a minute")
    parser.add_argument("--seed", type=int, help="the same seed with the same Python gives the same documents")
    parser.add_argument("--program", default=os.path.join(ROOT, ".build", "release", "tokenstats"))
    parser.add_argument("--texts", nargs="*", default=[], help="JSONL files with more real text")
    parser.add_argument("--python", help="a Python that has the libraries")
    parser.add_argument(
        "--work", default=os.path.join(ROOT, ".build", "fuzz"), help="where the environment and results go"
    )
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
    pieces, added = zip(*(model.vocabulary() for model in models), strict=True)
    fuzzer = fuzz_texts.Fuzzer(
        seed, fuzz_texts.real_texts(options.texts), list(itertools.chain(*pieces)), list(itertools.chain(*added))
    )
    families = Family.all(options)
    comparison = Comparison(options, models, families)
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
            print(
                f"{size / 1e6:.0f} MB, {number} documents, {comparison.differences} differences, "
                f"{time.monotonic() - start:.0f} s",
                file=sys.stderr,
            )
    print(
        f"{number} documents, {size / 1e6:.1f} MB, {len(models)} models: {comparison.differences} differences "
        f"from the reference ({comparison.checked} counts checked with tokenizers; gigatoken alone differs "
        f"{comparison.gigatoken_alone} times)"
    )
    print(f"{len(families)} tokenizer files with {comparison.family_bytes / 1e6:.1f} MB of the same documents")
    return 1 if comparison.differences else 0


if __name__ == "__main__":
    sys.exit(main())
