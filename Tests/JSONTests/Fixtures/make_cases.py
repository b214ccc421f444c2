#!/usr/bin/env python3
"""Writes documents and what Python's json module makes of them to cases.tsv, which the tests compare with.

A line has the source and four texts that `json.dumps` writes of it: as it is, without `ensure_ascii`, with `indent=2`,
and with `separators=(",", ":")` without `ensure_ascii`; or the source alone where Python refuses it. Line feeds are
written as U+001E and tabulators as U+001F, which no document holds.

usage: make_cases.py  (Python 3.11 or later)
"""

import json
import pathlib
import random

PIECES = [
    *("a", "Zz", " ", "/", "\\", '"', "\n", "\t", "\r", "\b", "\f", "\0", "\x1f", "\x7f", "é", "ж", "中", "\u2028"),
    *("\ufffd", "\uffff", "😀", "\U0001d800", "\U0010ffff", "</script>", "e\u0301"),
]
NUMBERS = [
    "0",
    "-0",
    "1",
    "-1",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "1" + "0" * 40,
    "-" + "9" * 60,
    "0.0",
    "-0.0",
    "0.1",
    "1.0",
    "100.0",
    "1e5",
    "1E+5",
    "1e-5",
    "0.0001",
    "0.00001",
    "123456789012345.6",
    "9007199254740992.0",
    "9007199254740994.0",
    "9999999999999998.0",
    "1e16",
    "12345678901234567890.5",
    "1e22",
    "5e-324",
    "2e-324",
    "1e-400",
    "1.7976931348623157e308",
    "1e400",
    "-1e400",
    "0.30000000000000004",
    "2.2250738585072011e-308",
    "NaN",
    "Infinity",
    "-Infinity",
]
SURROGATES = [
    "\\ud83d",
    "\\ude00",
    "\\ud83d\\ude00",
    "\\ud83d\\ud83d\\ude00",
    "\\ude00\\ud83d",
    "\\uD800\\u0041",
    "\\udfff\\udbff\\udfff",
]
DAMAGE = [*list('{}[],:"\\x1e-+. \x0bnu'), "\t", "\n", "00", "NaN", "\\u12", "\\u", "//", "'"]
BROKEN = [
    *("", " ", "[", "]", "{", "}", "[1,]", "[,1]", '{"a"}', '{"a":}', '{"a":1,}', "{a:1}", "{'a':1}", "01", "-", "1."),
    *(".5", "1e", "1e+", "+1", "0x1", "--1", "-01", "1 2", "nul", "nulll", "True", "truefalse", '"', '"a', '"\\'),
    *('"\\x"', '"\\u00"', '"\\u00g0"', '"\\u+123"', '"\t"', '"\n"', "[1 2]", '{"a" 1}', '{"a":1 "b":2}', "{1:2}"),
    *("[1]]", "{}{}", "nan", "inf", "-NaN", "+Infinity", "Infinit", "-I", "N", "\ufeff1", "/**/1", "1#"),
]


def escaped(random, character):
    kind = random.randrange(4)
    if kind == 0 or character < " " or character in '"\\':
        units = character.encode("utf-16-be")
        if kind < 2 or character not in '"\\':
            form = "\\u%04X" if random.random() < 0.5 else "\\u%04x"
            return "".join(form % int.from_bytes(units[i : i + 2], "big") for i in range(0, len(units), 2))
        return "\\" + character
    if character == "/" and kind == 1:
        return "\\/"
    return character


def string(random, most, surrogates=False):
    text = "".join(random.choice(PIECES) for _ in range(random.randrange(most)))
    source = "".join(escaped(random, character) for character in text)
    if surrogates and random.random() < 0.1:
        source += random.choice(SURROGATES)
    return f'"{source}"'


def space(random):
    return random.choice(["", "", "", "", " ", "  ", "\n", "\t", "\r"])


def document(random, depth=3):
    kind = random.randrange(9 if depth else 6)
    if kind < 2:
        return string(random, 5, surrogates=True)
    if kind < 4:
        return random.choice(NUMBERS)
    if kind < 6:
        return random.choice(["true", "false", "null"])
    elements = [document(random, depth - 1) for _ in range(random.randrange(4))]
    if kind < 7:
        return "[" + ",".join(space(random) + element + space(random) for element in elements) + space(random) + "]"
    names = [random.choice(['"a"', '"a\\u0000b"', '"\\u0061"', string(random, 3)]) for _ in elements]
    return (
        "{"
        + ",".join(
            space(random) + name + space(random) + ":" + space(random) + element
            for name, element in zip(names, elements, strict=True)
        )
        + space(random)
        + "}"
    )


def replaced(value):
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [replaced(element) for element in value]
    if isinstance(value, dict):
        return {name: replaced(element) for name, element in value.items()}
    return value


def line(source):
    try:
        value = replaced(json.loads(source))
    except ValueError:
        return [source]
    return [
        source,
        json.dumps(value),
        json.dumps(value, ensure_ascii=False),
        json.dumps(value, indent=2),
        json.dumps(value, ensure_ascii=False, separators=(",", ":")),
    ]


def main():
    generator = random.Random(20)
    sources = NUMBERS + BROKEN + [document(generator) for _ in range(160)]
    for _ in range(160):
        source = document(generator)
        place = generator.randrange(len(source) + 1)
        damage = generator.choice(DAMAGE) if generator.random() < 0.6 else ""
        sources.append(source[:place] + damage + source[place + generator.randrange(2) :])
    lines = [[field.replace("\n", "\x1e").replace("\t", "\x1f") for field in line(source)] for source in sources]
    text = "".join("\t".join(fields) + "\n" for fields in lines)
    pathlib.Path(__file__).with_name("cases.tsv").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
