#!/usr/bin/env python3
"""Write the Unicode tables of CTokenizerKernels: character classes and NFC data.

usage: pip install unicodedataplus==16.0.0.post1
       Scripts/generate_unicode_tables.py > Sources/CTokenizerKernels/UnicodeTables.c

Two Unicode versions are pinned, because the reference (tokenizers 0.23.3) mixes two:

- letters, numbers and white space come from Unicode 16.0 (its regular expression engine);
- normalization data come from Unicode 9.0 (its normalizer). By Unicode's stability policy the data of 9.0
  are today's data restricted to the code points assigned in 9.0 or before, so the Age property gives them.

Scripts/dump_reference_unicode.py writes what the reference itself does, and the tests compare.
"""

import sys

import unicodedataplus as ucd

CLASS_VERSION = "16.0.0"
NFC_AGE = (9, 0)
LIMIT = 0x110000
# The property White_Space (PropList.txt); it has not changed since Unicode 6.3.
WHITE_SPACE = {
    *range(0x9, 0xE),
    0x20,
    0x85,
    0xA0,
    0x1680,
    *range(0x2000, 0x200B),
    0x2028,
    0x2029,
    0x202F,
    0x205F,
    0x3000,
}
OTHER, LETTER, NUMBER, SPACE, NEWLINE = range(5)
HANGUL = range(0xAC00, 0xAC00 + 11172)
YES, MAYBE, NO = range(3)


def character_class(c):
    if c in (0x0A, 0x0D):
        return NEWLINE
    if c in WHITE_SPACE:
        return SPACE
    return {"L": LETTER, "N": NUMBER}.get(ucd.category(chr(c))[0], OTHER)


def two_stage(values, block):
    """Returns the block index of every block and the distinct blocks, one after the other."""
    seen, stage1, stage2 = {}, [], []
    for start in range(0, len(values), block):
        key = tuple(values[start : start + block])
        if key not in seen:
            seen[key] = len(seen)
            stage2 += key
        stage1.append(seen[key])
    assert len(seen) <= 256, len(seen)
    return stage1, stage2


def covered(values, block):
    """Cuts `values` after the last block that holds anything but zero."""
    last = max(i for i, v in enumerate(values) if v)
    return values[: (last // block + 1) * block]


class Normalization:
    """Unicode 9.0's canonical decompositions, combining classes, primary composites and NFC_Quick_Check."""

    def __init__(self):
        self.ccc, self.decomposition = {}, {}
        for c in range(LIMIT):
            age = ucd.age(chr(c))
            if not age[:1].isdigit() or tuple(map(int, age.split("."))) > NFC_AGE:
                continue
            if ucd.combining(chr(c)):
                self.ccc[c] = ucd.combining(chr(c))
            mapping = ucd.decomposition(chr(c))
            if mapping and not mapping.startswith("<"):
                self.decomposition[c] = [int(part, 16) for part in mapping.split()]
        self.full = {c: self.expand(c) for c in self.decomposition}
        # A primary composite decomposes into two and is not excluded; NFC keeps exactly those as they are.
        self.composition = {
            tuple(d): c for c, d in self.decomposition.items() if len(d) == 2 and ucd.normalize("NFC", chr(c)) == chr(c)
        }
        composites = set(self.composition.values())
        seconds = {b for _, b in self.composition} | {*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)}
        self.check = {c: NO for c in self.decomposition if c not in composites}
        self.check.update(dict.fromkeys(seconds, MAYBE))

    def expand(self, c):
        return [e for d in self.decomposition[c] for e in self.expand(d)] if c in self.decomposition else [c]

    def trait(self, c):
        return self.ccc.get(c, 0), self.check.get(c, YES), c in self.decomposition


def hashed(entries, key_of):
    """Open addressing with linear probing below a load of 3/4, in the order of the keys; `None` is a free slot."""
    slots = [None] * (1 << (4 * len(entries) // 3).bit_length())
    for entry in sorted(entries, key=key_of):
        at = key_of(entry) * 0x9E3779B97F4A7C15 % 2**64 >> (64 - (len(slots) - 1).bit_length())
        while slots[at] is not None:
            at = (at + 1) % len(slots)
        slots[at] = entry
    return slots


def emit(declaration, items, per_line=20):
    print(f"\n{declaration} = {{")
    for start in range(0, len(items), per_line):
        print("  " + ", ".join(str(i) for i in items[start : start + per_line]) + ",")
    print("};")


def emit_classes():
    classes = [character_class(c) for c in range(LIMIT)]
    assert NEWLINE not in classes[128:]
    emit("const uint8_t unicode_ascii_classes[128]", classes[:128])
    stage1, stage2 = two_stage(covered([0] * 128 + classes[128:], 128), 128)
    packed = [sum(stage2[i + k] << 2 * k for k in range(4)) for i in range(0, len(stage2), 4)]
    emit(f"const uint8_t unicode_class_blocks[{len(stage1)}]", stage1)
    emit(f"const uint8_t unicode_class_values[{len(packed)}]", packed)
    return len(stage1) * 128


def emit_normalization():
    data = Normalization()
    # Rows 0 and 1 are the code points that NFC leaves alone wherever they stand.
    rows = [(0, YES, False), (0, YES, True)]
    traits = []
    for c in range(LIMIT):
        trait = (0, YES, True) if c in HANGUL else data.trait(c)
        if trait not in rows:
            rows.append(trait)
        traits.append(rows.index(trait))
    stage1, stage2 = two_stage(covered(traits, 128), 128)
    emit(f"const uint8_t unicode_nfc_trait_blocks[{len(stage1)}]", stage1)
    emit(f"const uint8_t unicode_nfc_trait_values[{len(stage2)}]", stage2)
    emit(
        f"const struct unicode_nfc_trait unicode_nfc_traits[{len(rows)}]",
        [f"{{{k}, {q}, {int(d)}}}" for k, q, d in rows],
        10,
    )

    pool, entries = [], []
    for c, parts in sorted(data.full.items()):
        entries.append((c, len(pool), len(parts)))
        pool += parts
    slots = hashed(entries, lambda e: e[0])
    decomposition_slots = len(slots)
    emit(
        f"const struct unicode_nfc_decomposition unicode_nfc_decompositions[{len(slots)}]",
        ["{0, 0, 0}" if s is None else f"{{0x{s[0]:X}, {s[1]}, {s[2]}}}" for s in slots],
        6,
    )
    emit(f"const uint32_t unicode_nfc_pool[{len(pool)}]", [f"0x{c:X}" for c in pool], 12)

    slots = hashed([(a, b, c) for (a, b), c in data.composition.items()], lambda e: e[0] << 21 | e[1])
    emit(
        f"const struct unicode_nfc_composition unicode_nfc_compositions[{len(slots)}]",
        ["{0, 0, 0}" if s is None else "{{0x{:X}, 0x{:X}, 0x{:X}}}".format(*s) for s in slots],
        5,
    )
    return len(stage1) * 128, decomposition_slots, len(slots)


def main():
    assert ucd.unidata_version == CLASS_VERSION, (
        f"unicodedataplus has Unicode {ucd.unidata_version}, not {CLASS_VERSION}"
    )
    print("// Made by Scripts/generate_unicode_tables.py; not edited by hand.")
    print("// Character classes: Unicode 16.0.0. Normalization data: Unicode 9.0.0.")
    print('#include "UnicodeTables.h"')
    limits = (emit_classes(), *emit_normalization())
    names = (
        "UNICODE_CLASS_LIMIT",
        "UNICODE_NFC_TRAIT_LIMIT",
        "UNICODE_NFC_DECOMPOSITION_SLOTS",
        "UNICODE_NFC_COMPOSITION_SLOTS",
    )
    print()
    for name, value in zip(names, limits, strict=True):
        print(f'_Static_assert({name} == {value}, "UnicodeTables.h does not fit these tables");')


if __name__ == "__main__":
    sys.exit(main())
