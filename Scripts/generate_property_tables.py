#!/usr/bin/env python3
"""Write PropertyTables.c: the character sets, mappings and decompositions that tokenizer.json files refer to.

usage: pip install tokenizers==0.23.3 unicodedataplus==16.0.0.post1
       Scripts/generate_property_tables.py [unicode_probe.json] > Sources/CTokenizerKernels/PropertyTables.c

Nearly everything is observed in the reference, which mixes five Unicode versions; unicodedataplus gives the names of
scripts and the classes that longer grapheme clusters depend on. A file with observations made elsewhere is compared.
The tables are bytes: variable-length integers of seven bits a byte, the lowest first.
"""

import json
import struct
import sys

import tokenizers
import unicodedataplus as ucd
from tokenizers import Regex, normalizers, pre_tokenizers

assert tokenizers.__version__ == "0.23.3", tokenizers.__version__
CODE_POINTS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co Cn".split()
GROUPS = {
    "L": "Letter",
    "LC": "Cased_Letter",
    "M": "Mark",
    "N": "Number",
    "P": "Punctuation",
    "S": "Symbol",
    "Z": "Separator",
    "C": "Other",
}
LONG = {
    "Lu": "Uppercase_Letter",
    "Ll": "Lowercase_Letter",
    "Lt": "Titlecase_Letter",
    "Lm": "Modifier_Letter",
    "Lo": "Other_Letter",
    "Mn": "Nonspacing_Mark",
    "Mc": "Spacing_Mark",
    "Me": "Enclosing_Mark",
    "Nd": "Decimal_Number",
    "Nl": "Letter_Number",
    "No": "Other_Number",
    "Pc": "Connector_Punctuation",
    "Pd": "Dash_Punctuation",
    "Ps": "Open_Punctuation",
    "Pe": "Close_Punctuation",
    "Pi": "Initial_Punctuation",
    "Pf": "Final_Punctuation",
    "Po": "Other_Punctuation",
    "Sm": "Math_Symbol",
    "Sc": "Currency_Symbol",
    "Sk": "Modifier_Symbol",
    "So": "Other_Symbol",
    "Zs": "Space_Separator",
    "Zl": "Line_Separator",
    "Zp": "Paragraph_Separator",
    "Cc": "Control",
    "Cf": "Format",
    "Co": "Private_Use",
    "Cn": "Unassigned",
}
GRAPHEMES = [
    "other",
    "control",
    "extend",
    "linker",
    "conjunct extend",
    "prepend",
    "pictographic",
    "consonant",
    "L",
    "V",
    "T",
    "LV",
    "LVT",
]
BINARY = (
    "Alpha Alnum Upper Lower Digit Word Space Punct Graph Print Cntrl Blank XDigit ASCII Any Assigned "
    "Alphabetic Uppercase Lowercase White_Space Emoji Emoji_Presentation Emoji_Modifier Emoji_Modifier_Base "
    "Emoji_Component Ideographic Extended_Pictographic Math ID_Start ID_Continue XID_Start XID_Continue "
    "Hex_Digit"
).split()


def matched(pattern):
    """The code points that a pattern matches, each tried between two characters that it does not match."""
    split, found = pre_tokenizers.Split(Regex(pattern), behavior="isolated"), set()
    for mark in "\x01", "a", "!":
        for start in range(0, len(CODE_POINTS), 4096):
            chunk = [c for c in CODE_POINTS[start : start + 4096] if chr(c) != mark]
            text = mark + mark.join(map(chr, chunk)) + mark
            pieces = split.pre_tokenize_str(text)
            found.update(ord(text[a]) for _, (a, b) in pieces if b == a + 1 and text[a] != mark)
        if not [1 for _, (a, b) in split.pre_tokenize_str(mark + mark) if b == a + 1]:
            return found
        found = set()
    raise SystemExit(f"{pattern} matches every mark")


def matched_all(pattern):
    """As `matched`, for patterns that match controls too."""
    everything = set(CODE_POINTS)
    split = pre_tokenizers.Split(Regex(pattern), behavior="removed")
    return {c for c in everything if not split.pre_tokenize_str(chr(c))}


def isolated(step):
    """The code points that a pre-tokenizer cuts off from the letters around them."""
    found = set()
    for start in range(0, len(CODE_POINTS), 4096):
        text = "a" + "a".join(map(chr, CODE_POINTS[start : start + 4096])) + "a"
        starts = {a for _, (a, _) in step.pre_tokenize_str(text)}
        found.update(ord(text[i]) for i in range(1, len(text), 2) if i in starts)
    return found


def removed(step):
    return {c for c in CODE_POINTS if step.normalize_str(chr(c)) == ""}


def varint(value):
    data = []
    while value >= 0x80:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    return [*data, value]


def boundaries(members):
    """Where a set begins and ends, in turn."""
    found, last = [], None
    for c in sorted(members):
        if c != last:
            if last is not None:
                found.append(last)
            found.append(c)
        last = c + 1
    return [*found, last] if last is not None else found


def deltas(values):
    data, last = [], 0
    for value in values:
        data += varint(value - last)
        last = value
    return data


def runs(values):
    """A partition of all code points: the length and the value of each run."""
    data, start = [], 0
    for c in range(1, 0x110001):
        if c == 0x110000 or values[c] != values[start]:
            data += [*varint(c - start), values[start]]
            start = c
    return data


def partition(sets):
    values = [None] * 0x110000
    for index, members in enumerate(sets):
        for c in members:
            assert values[c] is None, (hex(c), index, values[c])
            values[c] = index
    return values


def scripts_of_pretokenizer():
    """The classes that UnicodeScripts tells apart: 0 for those that join any, then 1, 2, ... as they are met."""
    step, values = pre_tokenizers.UnicodeScripts(), [None] * 0x110000

    def alike(representative, candidates):
        found = set()
        for start in range(0, len(candidates), 4096):
            text = chr(representative) + chr(representative).join(map(chr, candidates[start : start + 4096]))
            text += chr(representative)
            starts = {a for _, (a, _) in step.pre_tokenize_str(text)}
            found.update(ord(text[i]) for i in range(1, len(text), 2) if i not in starts and i + 1 not in starts)
        return found

    for c in alike(0x61, CODE_POINTS) & alike(0x430, CODE_POINTS):
        values[c] = 0
    rest, count = [c for c in CODE_POINTS if values[c] is None], 1
    while rest:
        for c in alike(rest[0], rest):
            values[c] = count
        rest, count = [c for c in rest if values[c] is None], count + 1
    assert count < 256
    return [0 if v is None else v for v in values]


def character_map(key):
    """A precompiled character map that turns one text into a b: a double array of one path."""
    units, node, label = {}, 0, 0
    for index, byte in enumerate([None, *key]):
        if byte is not None:
            node ^= byte
            label = byte | (1 << 8 if index == len(key) else 0)
        offset = (node & ~255) ^ 256 * (index + 1)
        units[node] = offset << 10 | label
        node ^= offset
    units[node] = 0
    array = [units.get(k, 1 << 31 | 255) for k in range(max(units) + 257)]
    trie = b"".join(struct.pack("<I", unit) for unit in array)
    return normalizers.Precompiled(struct.pack("<I", len(trie)) + trie + b"b\0")


def grapheme_classes():
    """What grapheme clusters of less than six bytes depend on, observed by which of them are replaced as a whole."""
    values = [0] * 0x110000
    for c in CODE_POINTS:
        if ucd.indic_conjunct_break(chr(c)) == "Consonant":
            values[c] = GRAPHEMES.index("consonant")
    copyright_sign, letter = character_map("\u00a9".encode()), character_map(b"a")
    for c in CODE_POINTS:
        if "\u200d" not in copyright_sign.normalize_str("\u00a9\u200d" + chr(c)):
            continue
        if c != 0x200D:
            values[c] = GRAPHEMES.index("pictographic")
    for c in CODE_POINTS:
        if letter.normalize_str("a" + chr(c)) == "b":
            linked = {"Linker": "linker", "Extend": "conjunct extend"}.get(ucd.indic_conjunct_break(chr(c)), "extend")
            values[c] = GRAPHEMES.index(linked)
    for c in range(1, 0xFFFF):
        if 0xD800 <= c <= 0xDFFF or (
            ucd.category(chr(c))[0] not in "CZM" and ucd.grapheme_cluster_break(chr(c)) != "Prepend"
        ):
            continue
        single = character_map(chr(c).encode())
        if single.normalize_str(chr(c) + "\u0301") != "b":
            values[c] = GRAPHEMES.index("control")
        elif single.normalize_str(chr(c) + "z") == "b":
            values[c] = GRAPHEMES.index("prepend")
    for c in CODE_POINTS:
        if ucd.grapheme_cluster_break(chr(c)) in ("L", "V", "T", "LV", "LVT"):
            values[c] = GRAPHEMES.index(ucd.grapheme_cluster_break(chr(c)))
    return values


def compatibility():
    """NFKD of every code point for which it differs from NFD: code point, length, code points."""
    nfd, nfkd = normalizers.NFD().normalize_str, normalizers.NFKD().normalize_str
    data, last, count = [], 0, 0
    for c in CODE_POINTS:
        if nfkd(chr(c)) != nfd(chr(c)):
            parts = [ord(p) for p in nfkd(chr(c))]
            data += varint(c - last) + varint(len(parts)) + [b for p in parts for b in varint(p)]
            last, count = c, count + 1
    return data, count


def lowercase():
    """Lower case of every code point that has another: code point, then the first code point of its lower case."""
    data, last, lower = [], 0, normalizers.Lowercase().normalize_str
    for c in CODE_POINTS:
        mapped = lower(chr(c))
        if mapped != chr(c):
            assert len(mapped) == 1 or (c == 0x130 and mapped == "i\u0307")
            data += varint(c - last) + varint(ord(mapped[0]))
            last = c
    return data


def script_names():
    """Names that the reference's engine knows, in pairs of long and short."""
    aliases = ucd.property_value_aliases["script"]
    names = {value: [alias for alias in found if alias != value] for value, found in aliases.items()}
    known = []
    for value, short in sorted(names.items()):
        try:
            Regex(rf"\p{{{value}}}")
        except Exception:
            continue
        known.append((value, short))
    return known


def emit(name, data):
    print(f"\nconst uint8_t {name}[] = {{")
    line = " "
    for value in data:
        text = f" {value},"
        if len(line) + len(text) > 120:
            print(line)
            line = " "
        line += text
    print(line + "\n};" + f"\nconst size_t {name}_size = sizeof {name};")


def compare(path, observed):
    with open(path) as file:
        sets = json.load(file)["sets"]
    for name, members in observed.items():
        expected = {c for a, b in sets[name] for c in range(a, b + 1)} & set(CODE_POINTS)
        assert expected == members, (name, len(expected), len(members))
        print(f"{name}: equal", file=sys.stderr)


def main():
    categories = [matched(rf"\p{{{name}}}") for name in CATEGORIES]
    categories.append(set(range(0xD800, 0xE000)))  # Cs
    scripts = [(name, short, matched(rf"\p{{{name}}}")) for name, short in script_names()]
    scripts = [(name, short, members) for name, short, members in scripts if members]
    binary = {name: matched_all(rf"\p{{{name}}}") for name in BINARY}
    binary |= {
        f"[:{n.lower()}:]": matched_all(f"[[:{n}:]]")
        for n in "alnum alpha ascii blank cntrl digit graph lower print punct space upper xdigit word".split()
    }
    binary |= {"\\s": matched(r"\s"), "\\w": matched(r"\w"), "\\d": matched(r"\d"), "\\h": matched(r"\h")}
    whitespace = removed(normalizers.Strip())
    bert = normalizers.BertNormalizer(True, False, False, False)
    mn = normalizers.BertNormalizer(False, False, True, False)
    nfd = normalizers.NFD().normalize_str
    rules = {
        "word": set(CODE_POINTS) - isolated(pre_tokenizers.Whitespace()) - whitespace,
        "punctuation": isolated(pre_tokenizers.Punctuation("isolated")),
        "numeric": isolated(pre_tokenizers.Digits(True)),
        "combining marks": removed(normalizers.StripAccents()),
        "nonspacing marks": {c for c in removed(mn) if nfd(chr(c)) == chr(c)},
        "controls": removed(bert),
        "white space": whitespace,
    }
    if len(sys.argv) > 1:
        compare(
            sys.argv[1],
            {
                "onig \\p{L}": set().union(*categories[:5]),
                "onig \\p{S}": set().union(*categories[18:22]),
                "onig \\p{Nd}": categories[8],
                "onig \\p{M}": set().union(*categories[5:8]),
                "onig \\s": binary["\\s"],
                "onig \\w": binary["\\w"],
                "onig [[:punct:]]": binary["[:punct:]"],
                "onig [[:alpha:]]": binary["[:alpha:]"],
                "Punctuation isolates": rules["punctuation"],
                "Digits isolates": rules["numeric"],
                "StripAccents removes": rules["combining marks"],
                "Bert clean_text removes": rules["controls"],
                "Strip removes": whitespace,
                "onig \\p{Han}": next(members for name, _, members in scripts if name == "Han"),
            },
        )
    names = []
    for index, name in enumerate([*CATEGORIES, "Cs"]):
        names += [f"{name} c {1 << index}", f"{LONG.get(name, 'Surrogate')} c {1 << index}"]
    for group, long in GROUPS.items():
        members = ("Lu", "Ll", "Lt") if group == "LC" else [n for n in [*CATEGORIES, "Cs"] if n[0] == group]
        mask = sum(1 << [*CATEGORIES, "Cs"].index(n) for n in members)
        names += [f"{group} c {mask}", f"{long} c {mask}"]
    for index, (name, short, _) in enumerate(scripts):
        names += [f"{n} s {index}" for n in [name, *short]]
    tables = list({**binary, **{f"rule {k}": v for k, v in rules.items()}}.items())
    names += [f"{name.replace(' ', '_')} b {index}" for index, (name, _) in enumerate(tables)]

    print("// Made by Scripts/generate_property_tables.py from tokenizers 0.23.3; not edited by hand.")
    print('#include "PropertyTables.h"')
    emit("unicode_category_runs", runs(partition(categories)))
    named = partition([members for _, _, members in scripts])
    emit("unicode_script_runs", runs([255 if v is None else v for v in named]))
    emit("unicode_pretokenizer_script_runs", runs(scripts_of_pretokenizer()))
    emit("unicode_grapheme_runs", runs(grapheme_classes()))
    data = []
    for _, members in tables:
        encoded = deltas(boundaries(members))
        data += varint(len(encoded)) + encoded
    emit("unicode_sets", data)
    emit("unicode_lowercase", lowercase())
    emit("unicode_compatibility", compatibility()[0])
    print("\nconst char unicode_property_names[] =")
    for start in range(0, len(names), 6):
        print(
            '  "'
            + "".join(f"{n}\\n" for n in names[start : start + 6])
            .replace("\\s ", "\\\\s ")
            .replace("\\w ", "\\\\w ")
            .replace("\\d ", "\\\\d ")
            .replace("\\h ", "\\\\h ")
            + '"'
        )
    print(";")


main()
