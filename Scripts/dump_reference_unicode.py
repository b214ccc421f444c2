#!/usr/bin/env python3
"""Write what the reference does with every code point, as a fixture of the Unicode tests.

usage: pip install tokenizers==0.23.3 unicodedataplus==16.0.0.post1
       Scripts/dump_reference_unicode.py > Tests/TokenizersTests/Fixtures/unicode_reference.json

Everything here is observed: classes by splitting with the reference's regular expressions, normalization by running
its normalizers. unicodedataplus only names the code points that are worth probing as second parts of composites.
"""

import json
import sys

import tokenizers
import unicodedataplus as ucd
from tokenizers import Regex, normalizers, pre_tokenizers

assert tokenizers.__version__ == "0.23.3", tokenizers.__version__
nfc, nfd = normalizers.NFC().normalize_str, normalizers.NFD().normalize_str
CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
# One mark of each canonical combining class.
MARKS = [
    0x334,
    0x16FF0,
    0x93C,
    0x3099,
    0x94D,
    0x5B0,
    0x5B1,
    0x5B2,
    0x5B3,
    0x5B4,
    0x5B5,
    0x5B6,
    0x5B7,
    0x5B8,
    0x5B9,
    0x5BB,
    0x5BC,
    0x5BD,
    0x5BF,
    0x5C1,
    0x5C2,
    0xFB1E,
    0x64B,
    0x64C,
    0x64D,
    0x64E,
    0x64F,
    0x650,
    0x651,
    0x652,
    0x670,
    0x711,
    0xC55,
    0xC56,
    0xE38,
    0xE48,
    0xEB8,
    0xEC8,
    0xF71,
    0xF72,
    0xF74,
    0x321,
    0x1DCE,
    0x31B,
    0x302A,
    0x316,
    0x59A,
    0x1D16D,
    0x302E,
    0x302B,
    0x300,
    0x315,
    0x35C,
    0x35D,
    0x345,
]
SEED, BLOCKS, STRINGS = 20_251_121, 100, 2_000


def matched(pattern):
    """The code points that a pattern matches, each tried between two controls that it does not match."""
    split, found = pre_tokenizers.Split(Regex(pattern), behavior="isolated"), set()
    for start in range(0, len(CODE_POINTS), 1024):
        text = "\x01" + "\x01".join(map(chr, CODE_POINTS[start : start + 1024])) + "\x01"
        found.update(ord(piece) for piece, _ in split.pre_tokenize_str(text) if len(piece) == 1 and piece != "\x01")
    assert not [piece for piece, _ in split.pre_tokenize_str("\x01\x01") if len(piece) == 1]
    return found


def ranges(members):
    """First and last of every stretch, one after the other."""
    flat = []
    for c in sorted(members):
        if flat and flat[-1] == c - 1:
            flat[-1] = c
        else:
            flat += [c, c]
    return flat


def reordered(first, second):
    return nfd("a" + chr(first) + chr(second)) == "a" + chr(second) + chr(first)


def combining_classes():
    """The class of every code point that does not decompose, measured against marks of every class."""
    classes = {}
    for c in CODE_POINTS:
        if nfd(chr(c)) != chr(c) or not (reordered(0x345, c) or reordered(c, 0x334)):
            continue
        equal = [
            m
            for m in MARKS
            if m == c
            or (
                not (reordered(m, c) or reordered(c, m))
                and ucd.combining(chr(m))
                and (reordered(m, 0x334) or reordered(0x345, m))
            )
        ]
        assert len(equal) == 1, (hex(c), equal)
        classes[c] = ucd.combining(chr(equal[0]))
    return classes


def compositions(seconds):
    """Every pair of code points that composes to one, as [first, second, composite]."""
    found = []
    for second in sorted(seconds):
        for start in range(0, len(CODE_POINTS), 4096):
            firsts = CODE_POINTS[start : start + 4096]
            pieces = nfc("\x01".join(chr(c) + chr(second) for c in firsts)).split("\x01")
            if len(pieces) != len(firsts):
                pieces = [nfc(chr(c) + chr(second)) for c in firsts]
            found += [[c, second, ord(p)] for c, p in zip(firsts, pieces, strict=True) if len(p) == 1]
    return found


def splitmix(state):
    while True:
        state = (state + 0x9E3779B97F4A7C15) % 2**64
        z = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
        yield z ^ z >> 31


def digests(alphabet):
    """FNV-1a digests of the normalized forms of random strings, one for each block of strings."""
    random, result = splitmix(SEED), []
    for _ in range(BLOCKS):
        digest = 0xCBF29CE484222325
        for _ in range(STRINGS):
            text = "".join(chr(alphabet[next(random) % len(alphabet)]) for _ in range(1 + next(random) % 12))
            for byte in nfc(text).encode() + b"\xff":
                digest = (digest ^ byte) * 0x100000001B3 % 2**64
        result.append(f"{digest:016x}")
    return result


def main():
    classes = combining_classes()
    changed = {c: nfc(chr(c)) for c in CODE_POINTS if nfc(chr(c)) != chr(c)}
    parts = [ucd.decomposition(chr(c)).split() for c in CODE_POINTS]
    pairs = compositions({int(p[1], 16) for p in parts if len(p) == 2 and p[0][0] != "<"})
    jamo = [
        0x1100,
        0x1112,
        0x1113,
        0x115F,
        0x1160,
        0x1161,
        0x1175,
        0x1176,
        0x11A7,
        0x11A8,
        0x11C2,
        0x11C3,
        0xAC00,
        0xAC01,
        0xD788,
        0xD7A3,
    ]
    young = {c for c in CODE_POINTS if ucd.combining(chr(c)) or ucd.decomposition(chr(c))[:1].isalnum()}
    alphabet = sorted({*b"Aaeou 1", *jamo, *young, *classes, *changed, *(c for pair in pairs for c in pair)})
    alphabet += 40 * [*b"ao"] + 8 * jamo
    document = {
        "reference": "tokenizers " + tokenizers.__version__,
        "letter": ranges(matched(r"\p{L}")),
        "number": ranges(matched(r"\p{N}")),
        "space": ranges(matched(r"\s")),
        "combining": [[c, k] for c, k in sorted(classes.items())],
        "changed": [[c, *map(ord, t)] for c, t in sorted(changed.items())],
        "compositions": pairs,
        "random": {"seed": SEED, "strings": STRINGS, "alphabet": alphabet, "digests": digests(alphabet)},
    }
    sys.stdout.write(
        "{\n"
        + ",\n".join(json.dumps(k) + ": " + json.dumps(v, separators=(",", ":")) for k, v in document.items())
        + "\n}\n"
    )


if __name__ == "__main__":
    main()
