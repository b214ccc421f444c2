"""Random documents for `Scripts/fuzz_reference.py`: languages, code, and texts aimed at single rules of tokenizers."""

import glob
import json
import os
import sysconfig

import make_stress_texts

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

SPACES = [
    chr(c)
    for c in (
        9,
        10,
        11,
        12,
        13,
        32,
        0x85,
        0xA0,
        0x1680,
        *range(0x2000, 0x200C),
        0x2028,
        0x2029,
        0x202F,
        0x205F,
        0x3000,
        0xFEFF,
        0x1C,
        0x1F,
    )
]
JAMO = [
    chr(c) for c in (*range(0x1100, 0x1113), *range(0x1161, 0x1176), *range(0x11A8, 0x11C3), 0xAC00, 0xAC1C, 0xD788)
]
TAILS = ["'s", "'S", "'\u017f", "\u2019s", "'t", "'re", "'RE", "'ve", "'m", "'ll", "'lL", "'d", "'x", "''s", "'", "`s"]
RANGES = [
    (0, 0x80),
    (0x80, 0x250),
    (0x250, 0x700),
    (0x300, 0x370),
    (0x900, 0x1000),
    (0x1000, 0x2000),
    (0x2000, 0x2C00),
    (0x3000, 0x3400),
    (0x4E00, 0xA000),
    (0xA000, 0xD800),
    (0xE000, 0x10000),
    (0x10000, 0x20000),
    (0x1F000, 0x1FB00),
    (0, 0x110000),
]


class Fuzzer(make_stress_texts.Writer):
    """The kinds of the stress texts, and kinds aimed at single rules of the tokenizers."""

    def __init__(self, seed, real, pieces, added):
        super().__init__(seed)
        self.real_texts, self.vocabulary, self.added = real, pieces, added
        self.marks = [
            chr(c)
            for c in (
                *range(0x300, 0x370),
                0x93C,
                0x94D,
                0x5B0,
                0x64B,
                0x651,
                0xE38,
                0xE48,
                0x3099,
                0x11935,
                0x11930,
                0x1DFA,
                0x1E08F,
            )
        ]
        aimed = (
            self.scalars,
            self.pieces,
            self.specials,
            self.white,
            self.runs,
            self.words,
            self.digits,
            self.marked,
            self.hangul,
            self.mutated,
        )
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
        return "".join(
            chr(c)
            for c in (low + self.below(high - low) for _ in range(self.length(1, 600)))
            if not 0xD800 <= c < 0xE000
        )

    def pieces(self):
        joint = self.pick(("", "", " ", "\n", "'"))
        return joint.join(self.pick(self.vocabulary) for _ in range(self.length(1, 300)))

    def specials(self):
        parts = []
        for _ in range(self.length(1, 60)):
            token = self.pick(self.added)
            cut = self.below(len(token))
            parts.append(
                self.pick(
                    (
                        token,
                        token,
                        token[:cut],
                        token[cut:],
                        self.pick(make_stress_texts.ENGLISH),
                        self.pick(SPACES),
                        "<",
                        "|",
                        "\u2581",
                    )
                )
            )
        return "".join(parts)

    def white(self):
        parts = []
        for _ in range(self.length(1, 80)):
            space = " " if self.random() < 0.4 else self.pick(SPACES)
            parts.append(space * (1 + self.below(70) if self.random() < 0.3 else 1))
            parts.append(self.pick(("", "a", "the", "1", ".", "!?", "\u4e2d", "\u2581", "'s")))
        return "".join(parts)

    def runs(self):
        unit = self.pick(
            (
                self.scalar(),
                self.pick(self.vocabulary),
                self.pick(" \n\ta_-=.1\u4e2d\u0301\u2581"),
                self.pick(("ab", "\r\n", " a", "na", "\u0915\u094d")),
            )
        )
        longest = 200_000 if self.random() < 0.004 else 3_000
        return (
            self.pick(("", "x", " ")) + unit * (self.length(1, longest) // len(unit) + 1) + self.pick(("", "x", " y"))
        )

    def words(self):
        """Words that no vocabulary has, of any length, with contractions behind."""
        letters = self.pick(
            (
                "abcdefghijklmnopqrstuvwxyz",
                "etaoin",
                "ABCDEFGH",
                "aAbBcC",
                "\u0430\u0431\u0432\u0433\u0434",
                "\xe4\xf6\xfc\xdf",
                "a\u0301e\u0323",
            )
        )
        parts = []
        for _ in range(self.length(1, 80)):
            parts.append(
                "".join(self.pick(letters) for _ in range(self.length(1, 300 if self.random() < 0.05 else 18)))
            )
            parts.append(self.pick(TAILS) if self.random() < 0.3 else "")
            parts.append(self.pick((" ", " ", " ", "\n", "-", "_", "/", ".", " (", "\u2014")))
        return "".join(parts)

    def digits(self):
        numerals = self.pick(
            (
                "0123456789",
                "0123456789",
                "\u0661\u0662\u0663",
                "\u0967\u0968",
                "\u00bd\u2167\u2460",
                "\U0001d7d8\U0001d7d9",
            )
        )
        parts = []
        for _ in range(self.length(1, 120)):
            parts.append("".join(self.pick(numerals) for _ in range(1 + self.below(12))))
            parts.append(self.pick((" ", ",", ".", "-", "/", ":", "", "px", " %", "\n", "e+")))
        return "".join(parts)

    def marked(self):
        parts = []
        for _ in range(self.length(1, 200)):
            parts.append(
                self.pick(
                    (
                        "a",
                        "e",
                        "E",
                        "o",
                        "u",
                        "\xe9",
                        "\u1ea1",
                        "\u0915",
                        "\u05d0",
                        "\u0627",
                        "\u304b",
                        " ",
                        self.scalar(),
                    )
                )
            )
            parts += [self.pick(self.marks) for _ in range(self.below(5))]
        return "".join(parts)

    def hangul(self):
        return "".join(
            self.pick(JAMO) if self.random() < 0.9 else self.pick((" ", "\u0301", "a"))
            for _ in range(self.length(1, 300))
        )

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
