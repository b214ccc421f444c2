"""What `Scripts/bench.py` measures with: the Python environment, reference tokenizers, texts and datasets.

Everything is made when it is first needed and kept in a cache folder, which may be deleted at any time.
"""

import contextlib
import glob
import json
import os
import random
import shutil
import subprocess
import sys
import zipfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODELS = ("llama-3.3-70b", "qwen-3-32b", "gemma-2-27b")
STRESS_KINDS = ("cjk", "hindi", "thai", "arabic", "emoji", "code", "nfd")
# The eight texts whose time must grow with their length.
RUNS = {"a": "a", "underscore": "_", "space": " ", "newline": "\n", "U+4E2D": "\u4e2d", "marks": "\u0301\u0323"}
MEBIBYTE = 1 << 20
# The wheel with the vocabularies also has the chat template that the Python analysis needs.
VOCABULARY_PACKAGE = "maxtext==0.2.5"


class Missing(Exception):
    """What a row needs is not here."""


class Failed(Exception):
    """A program did not do what it should."""


class Data:
    """Makes and finds the data, each once."""

    def __init__(self, options):
        self.cache, self.quick = os.path.abspath(options.cache), options.quick
        self.program, self.shared_folder, self.given_python = options.program, options.shared, options.python
        os.makedirs(self.cache, exist_ok=True)

    def shared(self, *parts):
        path = os.path.join(self.shared_folder, *parts)
        if not os.path.exists(path):
            raise Missing(f"{path} is not here")
        return path

    def made(self, name, make):
        """The path of `name` in the cache; `make` writes it to the path it is given, which moves there at the end."""
        path = os.path.join(self.cache, name)
        if not os.path.exists(path):
            print(f"making {name} ...", file=sys.stderr, flush=True)
            unfinished = path + ".unfinished"
            for stale in (shutil.rmtree, os.remove):
                with contextlib.suppress(OSError):
                    stale(unfinished)
            make(unfinished)
            os.rename(unfinished, path)
        return path

    @property
    def python(self):
        """A Python that has the libraries to compare with."""
        if self.given_python is None:
            script = os.path.join(ROOT, "Scripts", "python_environment.sh")
            self.given_python = run([script, "peers"]).strip()
        return self.given_python

    def wheel(self):
        """The newest wheel of dist, unpacked."""
        wheels = sorted(glob.glob(os.path.join(ROOT, "dist", "*.whl")), key=os.path.getmtime)
        if not wheels:
            raise Missing("no wheel is in dist: make it with `make wheel`")

        def make(path):
            run(
                [
                    self.python,
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--no-index",
                    "--no-deps",
                    "--target",
                    path,
                    wheels[-1],
                ]
            )

        return self.made(f"wheel-{os.stat(wheels[-1]).st_mtime_ns}", make)

    def static_program(self):
        """The program of the newest archive in dist, unpacked."""
        archives = sorted(glob.glob(os.path.join(ROOT, "dist", "*.tar.gz")), key=os.path.getmtime)
        if not archives:
            raise Missing("no static program is in dist: make it with `make dist`")

        def make(path):
            os.makedirs(path)
            run(["tar", "--extract", "--strip-components", "1", "--file", archives[-1], "--directory", path])

        return os.path.join(self.made(f"static-{os.stat(archives[-1]).st_mtime_ns}", make), "bin", "tokenstats")

    def tokenizer(self, model):
        """A folder with tokenizer.json."""

        def make(path):
            run([self.python, os.path.join(ROOT, "Scripts", "make_reference_tokenizers.py"), path])

        return os.path.join(self.made("tokenizers", make), model)

    def sentencepiece_model(self):
        """Gemma's vocabulary file, put beside its tokenizer.json, where the yardstick looks for it."""
        caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
        path = os.path.join(self.tokenizer("gemma-2-27b"), "tokenizer.model")
        if not os.path.exists(path):
            source = os.path.join(caches, "tokenstats", "gemma-2.model")
            if not os.path.exists(source):
                raise Missing(f"{source} is not here: run `tokenstats tokenizers fetch`")
            shutil.copy(source, path)
        return path

    def chat_tokenizers(self):
        """The folder of tokenizers with chat templates, as transformers loads them."""
        maker = self.shared("bench", "make_reference_tokenizers.py")

        def make(path):
            wheel = path + ".wheel"
            shutil.rmtree(wheel, ignore_errors=True)
            run(
                [
                    self.python,
                    "-m",
                    "pip",
                    "download",
                    "--quiet",
                    "--no-deps",
                    "--ignore-requires-python",
                    "--dest",
                    wheel,
                    VOCABULARY_PACKAGE,
                ]
            )
            with zipfile.ZipFile(os.path.join(wheel, os.listdir(wheel)[0])) as archive:
                archive.extractall(wheel)
            run([self.python, maker, os.path.join(wheel, "maxtext", "assets", "tokenizers"), path])
            shutil.rmtree(wheel)

        return self.made("chat-tokenizers", make)

    def texts(self, megabytes):
        """Model answers, one JSON string a line."""
        maker = self.shared("corpus", "make_texts.py")
        return self.made(
            f"texts-{megabytes}.jsonl", lambda path: run([sys.executable, maker, path, "--megabytes", str(megabytes)])
        )

    def text_columns(self, megabytes):
        """A folder of Parquet files with model answers in a column `text`."""
        maker, texts = os.path.join(ROOT, "Scripts", "make_text_columns.py"), self.texts(megabytes)
        return self.made(f"columns-{megabytes}", lambda path: run([self.python, maker, texts, path]))

    def chats(self, megabytes):
        """Questions and answers as conversations, one a line."""
        texts = self.texts(megabytes)

        def make(path):
            with open(texts, encoding="utf-8") as lines, open(path, "w", encoding="utf-8") as chats:
                for question, answer in zip(lines, lines, strict=False):
                    messages = [
                        {"role": "user", "content": json.loads(question)},
                        {"role": "assistant", "content": json.loads(answer)},
                    ]
                    chats.write(json.dumps({"messages": messages}) + "\n")

        return self.made(f"chats-{megabytes}.jsonl", make)

    def stress(self, kind, megabytes):
        maker = os.path.join(ROOT, "Scripts", "make_stress_texts.py")
        return self.made(
            f"stress-{kind}-{megabytes}.jsonl",
            lambda path: run([sys.executable, maker, path, "--kinds", kind, "--megabytes", str(megabytes)]),
        )

    def empty(self):
        return self.made("empty.jsonl", lambda path: open(path, "w").close())

    def growth(self, mebibytes):
        """The eight texts of that length, by name."""
        length = mebibytes * MEBIBYTE

        def write(contents):
            def make(path):
                with open(path, "wb") as file:
                    file.write(contents())

            return make

        def repeated(unit):
            return (unit.encode() * (length // len(unit.encode()) + 1))[
                : length // len(unit.encode()) * len(unit.encode())
            ]

        def readable(noise):
            # Files that are no text are refused.
            return noise.decode("utf-8", "replace").replace("\0", "\ufffd").encode()

        contents = {name: lambda unit=unit: repeated(unit) for name, unit in RUNS.items()}
        contents["random letters"] = lambda: bytes(random.Random(1).choices(b"abcdefghijklmnopqrstuvwxyz", k=length))
        contents["random bytes"] = lambda: readable(random.Random(1).randbytes(length))
        return {
            name: self.made(f"growth-{name.replace(' ', '-')}-{mebibytes}.txt", write(make))
            for name, make in contents.items()
        }

    def families(self):
        """Tokenizer files by name, those that `get.py` of ../shared/models has laid out."""
        folder = os.environ.get("TOKENSTATS_MODEL_FILES") or os.path.expanduser("~/.cache/tokenstats/model-files")
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        files = {name: os.path.join(folder, name, "tokenizer.json") for name in names}
        # The reference refuses those two, and so does the program: their merges are no list, or lack tokens.
        refused = ("added-tokens", "torch-test-hf")
        files = {name: path for name, path in files.items() if os.path.isfile(path) and name not in refused}
        if not files:
            raise Missing(f"{folder} holds no tokenizer files: ../shared/models/get.py --out {folder} lays them out")
        return files

    def model_types(self):
        """A small tokenizer of each type of model, by name."""
        names = ("bpe-bytefallback", "bpe-suffix", "bytelevel-prefix", "unigram", "wordpiece-max20", "wordlevel")
        files = {name: self.shared("models", "synthetic", f"{name}.json") for name in names}
        pieces = {"sp-fixture-bpe": "sentencepiece BPE", "sp-albert": "sentencepiece Unigram"}
        return files | {text: self.shared("models", "files", f"{name}.model") for name, text in pieces.items()}

    def datasets(self, name, *choices, write=("arrow", "parquet")):
        """Generated datasets; each choice is a list of options for the generator, all go to one folder."""
        maker = self.shared("corpus", "to_hf.py")

        def make(path):
            for choice in choices:
                run([self.python, maker, "--out", path, "--write", *write, "--generate", *choice])

        return self.made(name, make)

    def medium(self):
        return self.datasets(
            "medium",
            ["--models", "gemma-2-27b", "qwen-3-32b", "--roles", "10", "--traits", "12"],
            ["--models", "llama-3.3-70b", "--roles", "22"],
        )

    def medium_files(self):
        """The same as Parquet files alone, which the best Python reads."""
        folder = self.medium()

        def make(path):
            os.makedirs(path)
            for name in os.listdir(folder):
                if name.endswith(".parquet"):
                    os.link(os.path.join(folder, name), os.path.join(path, name))

        return self.made("medium-files", make)

    def full(self):
        return self.datasets("full", ["--full"])

    def pictures(self):
        return self.datasets(
            "pictures", ["--models", "gemma-2-27b", "--roles", "100", "--traits", "100"], write=["parquet"]
        )

    def raw(self):
        """Raw persona records."""
        maker = self.shared("corpus", "make_corpus.py")
        options = ["--models", "gemma-2-27b", "qwen-3-32b", "--roles", "5", "--traits", "6"]
        return self.made("raw", lambda path: run([sys.executable, maker, "--out", path, *options]))


def run(command, **options):
    """The standard output of a command that must succeed."""
    result = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False, **options)
    if result.returncode != 0:
        raise Failed(f"`{' '.join(command)}` ended with {result.returncode}: {' '.join(result.stderr.split())[-500:]}")
    return result.stdout
