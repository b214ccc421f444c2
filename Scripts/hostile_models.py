"""Chat templates and tokenizer files of few bytes that ask much; hostile_test.py runs the program over them."""

import base64
import json
import re
import struct

TEMPLATES = {
    "repeat-text": "{{ 'a' * 1000000000000 }}",
    "repeat-list": "{{ [0] * 1000000000000 }}",
    "repeat-in-turn": "{% set ns = namespace(x='a') %}{% for i in range(60) %}{% set ns.x = ns.x * 1000 %}{% endfor %}",
    "range": "{{ range(1000000000000) | list | length }}",
    "range-loop": "{% for i in range(1000000000) %}{% for j in range(1000000000) %}{% endfor %}{% endfor %}",
    "range-sum": "{{ range(1000000000) | sum }}{{ 5 in range(0, 10000000000, 7) }}",
    "doubled-text": "{% set ns = namespace(x='ab') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "doubled-list": "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "shared-lists": "{% set ns = namespace(x=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}"
    "{{ ns.x }}",
    "shared-json": "{% set ns = namespace(x={'a': 1}) %}{% for i in range(60) %}{% set ns.x = {'a': ns.x, 'b': ns.x} %}"
    "{% endfor %}{{ ns.x | tojson }}",
    "shared-equal": "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}"
    "{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
    "shared-order": "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(60) %}{% set ns.x = [ns.x, ns.x] %}"
    "{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x < ns.y }}{{ [ns.x, ns.y] | sort | length }}",
    "shared-unique": "{% set ns = namespace(x=(1,)) %}{% for i in range(60) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}"
    "{{ [ns.x, ns.x] | unique | list | length }}{{ {ns.x: 1} | length }}",
    "deep-list": "{% set ns = namespace(x=[]) %}{% for i in range(1000000) %}{% set ns.x = [ns.x] %}{% endfor %}"
    "{{ ns.x }}",
    "deep-list-gone": "{% set ns = namespace(x=[]) %}{% for i in range(1000000) %}{% set ns.x = [ns.x] %}{% endfor %}",
    "deep-tuple": "{% set ns = namespace(x=()) %}{% for i in range(1000000) %}{% set ns.x = (ns.x,) %}{% endfor %}ok",
    "deep-object": "{% set ns = namespace(x={}) %}{% for i in range(500000) %}{% set ns.x = {'a': ns.x} %}{% endfor %}"
    "{{ ns.x | tojson }}",
    "deep-equal": "{% set ns = namespace(x=[], y=[]) %}{% for i in range(300000) %}{% set ns.x = [ns.x] %}"
    "{% set ns.y = [ns.y] %}{% endfor %}{{ ns.x == ns.y }}{{ ns.x < ns.y }}{{ ns.x in [ns.y] }}",
    "deep-key": "{% set ns = namespace(x=()) %}{% for i in range(300000) %}{% set ns.x = (ns.x,) %}{% endfor %}"
    "{{ {ns.x: 1} | length }}{{ [ns.x] | unique | list | length }}",
    "deep-pprint": "{% set ns = namespace(x=[]) %}{% for i in range(300000) %}{% set ns.x = [ns.x] %}{% endfor %}"
    "{{ ns.x | pprint }}",
    "deep-generator": "{% set ns = namespace(x=[1]) %}{% for i in range(200000) %}{% set ns.x = ns.x | map('int') %}"
    "{% endfor %}{{ ns.x | list }}",
    "deep-reverse": "{% set ns = namespace(x=[1]) %}{% for i in range(200000) %}{% set ns.x = ns.x | reverse %}"
    "{% endfor %}{{ ns.x | list }}",
    "cycle-list": "{% set x = [] %}{% set _ = x.append(x) %}{{ x }}{{ x | tojson }}{{ x == x }}",
    "cycle-object": "{% set x = {} %}{% set _ = x.update(a=x) %}{{ x }}{{ x | tojson }}{{ x == x }}{{ x | pprint }}",
    "cycle-namespace": "{% set ns = namespace() %}{% set ns.x = ns %}{{ ns }}{{ ns.x.x.x }}",
    "cycle-closure": "{% set ns = namespace() %}{% macro f() %}{{ ns.f() }}{% endmacro %}{% set ns.f = f %}{{ f() }}",
    "recursion": "{% macro f(x) %}{{ f(x + 1) }}{% endmacro %}{{ f(0) }}",
    "recursion-twice": "{% macro f(x) %}{% if x %}{{ f(x - 1) }}{{ f(x - 1) }}{% endif %}{% endmacro %}{{ f(150) }}",
    "recursive-loop": "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
    "caller": "{% macro f() %}{% call f() %}{{ caller() }}{% endcall %}{% endmacro %}{{ f() }}",
    "format-width": "{{ '%1000000000d' | format(1) }}",
    "format-digits": "{{ '%.1000000000f' | format(1.5) }}",
    "format-star": "{{ '%*d' | format(1000000000, 1) }}",
    "brace-width": "{{ '{:>1000000000}'.format(1) }}{{ '{:.1000000000f}'.format(1.5) }}",
    "brace-nested": "{{ '{:{}}'.format(1, 1000000000) }}{{ '{0.__class__}'.format(1) }}",
    "center": "{{ 'a' | center(1000000000) }}{{ 'a'.center(1000000000) }}{{ 'a'.ljust(1000000000) }}",
    "zfill": "{{ 'a'.zfill(1000000000) }}{{ 'a\tb'.expandtabs(1000000000) }}",
    "indent": "{{ ('a\n' * 1000000) | indent(1000000) }}",
    "json-indent": "{{ [1, 2] | tojson(indent=1000000000) }}",
    "power": "{{ 10 ** 1000000000 }}",
    "power-in-turn": "{% set ns = namespace(x=3) %}{% for i in range(60) %}{% set ns.x = ns.x * ns.x %}{% endfor %}"
    "{{ ns.x }}",
    "number-text": "{{ ('9' * 1000000) | int }}{{ ('9' * 1000000) | float }}",
    "long-round": "{{ 1.5 | round(1000000000) }}{{ 1.5 | round(-1000000000) }}",
    "shift": "{{ 2 ** 62 * 2 }}{{ -9223372036854775808 // -1 }}{{ -9223372036854775808 % -1 }}",
    "absolute": "{{ (-9223372036854775807 - 1) | abs }}{{ -(-9223372036854775807 - 1) }}",
    "float-int": "{{ 1e308 | int }}{{ (1e308 * 10) | int }}{{ 'nan' | float | int }}{{ 'inf' | float | round | int }}",
    "replace": "{% set ns = namespace(x='aaaaaaaaaa') %}{% for i in range(20) %}"
    "{% set ns.x = ns.x | replace('a', 'aaaaaaaaaa') %}{% endfor %}",
    "replace-empty": "{{ ('a' * 1000000).replace('', 'b' * 1000000) }}",
    "join": "{{ (['a'] * 1000000) | join('b' * 1000000) }}",
    "split-join": "{% for i in range(1000000) %}{{ ('a ' * 1000000).split() | length }}{% endfor %}",
    "count-long": "{% for i in range(1000000) %}{{ ('a' * 1000000).count('b') }}{% endfor %}",
    "find-worst": "{{ ('a' * 1000000).find('a' * 500000 ~ 'b') }}{{ ('a' * 500000 ~ 'b') in ('a' * 1000000) }}",
    "upper-long": "{% set x = 'ß' * 1000000 %}{% for i in range(100000) %}{% set y = x | upper %}{% endfor %}",
    "reversed-long": "{% set x = 'é' * 1000000 %}{% for i in range(100000) %}{% set y = x[::-1] %}{% endfor %}",
    "index-long": "{% set x = 'é' * 1000000 %}{% for i in range(1000000) %}{% set y = x[-1] %}{% endfor %}",
    "slice-long": "{% set x = 'é' * 1000000 %}{% for i in range(1000000) %}{% set y = x[1:] %}{% endfor %}",
    "list-copies": "{% set x = [0] * 1000000 %}{% for i in range(100000) %}{% set y = x + [1] %}{% endfor %}",
    "list-slices": "{% set x = [0] * 1000000 %}{% for i in range(100000) %}{% set y = x[1:] %}{% endfor %}",
    "list-search": "{% set x = [0] * 1000000 %}{% for i in range(100000) %}{% set y = 1 in x %}{% endfor %}",
    "list-equal": "{% set x = [0] * 1000000 %}{% set z = [0] * 1000000 %}{% for i in range(100000) %}"
    "{% set y = x == z %}{% endfor %}",
    "unique": "{{ range(1000000) | map('string') | unique | list | length }}",
    "unique-lists": "{% set ns = namespace(x=[]) %}{% for i in range(3000) %}{% set ns.x = ns.x + [[i]] %}{% endfor %}"
    "{{ ns.x | unique | list | length }}",
    "sort": "{{ range(3000000) | sort(reverse=true) | first }}",
    "sort-texts": "{{ (['a' * 100000 ~ 'b', 'a' * 100000 ~ 'c'] * 100000) | sort | length }}",
    "groupby": "{{ ([{'a': 'x' * 100000}] * 100000) | groupby('a') | length }}",
    "batch": "{{ range(1000000) | batch(1) | list | length }}{{ [1] | batch(1000000000, 0) | list | length }}",
    "slice": "{{ [1] | slice(1000000000) | list | length }}{{ [1] | slice(1000000000, 0) | list | length }}",
    "wordwrap": "{{ ('a ' * 2000000) | wordwrap(1) }}",
    "urlize": "{{ ('http://a.b/' * 500000) | urlize }}{{ ('www.' * 500000) | urlize }}",
    "striptags": "{{ ('<' * 1000000) | striptags }}{{ ('<!--' * 500000) | striptags }}",
    "title": "{{ ('a b' * 1000000) | title | length }}{{ ('a b' * 1000000) | wordcount }}",
    "truncate": "{{ ('a' * 1000000) | truncate(500000, true) | length }}",
    "xmlattr": "{{ {'a': 'b' * 10000000, 'c': 'd' * 10000000} | xmlattr | length }}",
    "lipsum": "{{ lipsum(1000000) }}",
    "cycler": "{% set c = cycler('a') %}{% for i in range(3000000) %}{% set _ = c.next() %}{% endfor %}",
    "strftime": "{{ strftime_now('%Y' * 1000000) }}",
    "strftime-width": "{{ strftime_now('%1000000000Y') }}",
    "raise": "{{ raise_exception('a' * 10000000) }}",
    "raise-escape": "{{ raise_exception('\x1b[31mred\x1b]0;title\x07\u202e') }}",
    "attribute": "{{ ''.__class__.__mro__[1].__subclasses__() }}{{ cycler.__init__.__globals__ }}",
    "translate": "{{ ('a' * 1000000).translate({97: 'b' * 1000000}) }}",
    "dict-keys": "{% set x = dict() %}{% for i in range(1000000) %}{% set _ = x.update({i: i}) %}{% endfor %}",
    "appends": "{% set x = [] %}{% for i in range(3000000) %}{% set _ = x.append('a' * 100000) %}{% endfor %}",
    "extend-self": "{% set x = [1] %}{% for i in range(60) %}{% set _ = x.extend(x) %}{% endfor %}",
    "extend-while": "{% set x = [1] %}{% for i in x %}{% set _ = x.append(1) %}{% endfor %}",
    "output": "{% for i in range(1000000) %}{{ 'a' * 1000000 }}{% endfor %}",
    "capture": "{% set ns = namespace(x='') %}{% for i in range(10000) %}{% set y %}{{ ns.x }}aaaaaaaaaa{% endset %}"
    "{% set ns.x = y ~ y %}{% endfor %}",
    "escape": "{% set x = '&' * 10000000 %}{{ x | e | e | e | e | e | e | e | e | length }}",
    "urlencode": "{{ ('é' * 10000000) | urlencode | urlencode | urlencode | length }}",
}
# Sources that are deep or long themselves: NAME COUNT SOURCE, whose parts in angle brackets are there COUNT times.
REPEATED = """
parentheses    300000  {{ ⟨(⟩1⟨)⟩ }}
lists          300000  {{ ⟨[⟩⟨]⟩ }}
objects        200000  {{ ⟨{'a':⟩1⟨}⟩ }}
nots           500000  {{ ⟨not ⟩1 }}
minuses       1000000  {{ ⟨-⟩1 }}
members        500000  {{ a⟨.b⟩ }}
indices        300000  {{ a⟨[0]⟩ }}
calls          300000  {{ a⟨()⟩ }}
filters        300000  {{ a⟨|trim⟩ }}
tests          200000  {{ a⟨ is defined⟩ }}
joined         300000  {{ 'a'⟨ ~ 'a'⟩ }}
sums           300000  {{ 1⟨ + 1⟩ }}
powers         300000  {{ 1⟨ ** 1⟩ }}
compared       300000  {{ 1⟨ < 1⟩ }}
ands           300000  {{ 1⟨ and 1⟩ }}
choices        200000  {{ 1⟨ if 1 else 1⟩ }}
ifs            100000  ⟨{% if 1 %}⟩⟨{% endif %}⟩
elifs          200000  {% if 0 %}⟨{% elif 0 %}⟩{% endif %}
fors           100000  ⟨{% for i in [1] %}⟩⟨{% endfor %}⟩
macros          50000  ⟨{% macro a() %}⟩⟨{% endmacro %}⟩
blocks         100000  ⟨{% set x %}⟩⟨{% endset %}⟩
open-comments 1000000  ⟨{#⟩
open-quotes    300000  ⟨{{ '⟩
texts          300000  {{ ⟨'a' ⟩ }}
long-name     3000000  {{ ⟨a⟩ }}
digits        1000000  {{ ⟨9⟩ }}{{ 1.⟨9⟩ }}
arguments      300000  {{ f(⟨a,⟩) }}
targets        300000  {% set ⟨a,⟩b = 1 %}
raws          1000000  {% raw %}⟨{{⟩
"""


def sources():
    for line in REPEATED.strip().splitlines():
        name, count, source = line.split(maxsplit=2)
        yield name, re.sub("⟨(.*?)⟩", lambda part, count=int(count): part[1] * count, source)
    yield "parameters", "{% macro f(" + ",".join(f"a{i}" for i in range(100_000)) + ") %}{% endmacro %}{{ f() }}"
    yield "names", "".join(f"{{% set a{i} = {i} %}}" for i in range(100_000))
    yield "spaces", "{{ a }}" + " \n" * 2_000_000 + "{%- if a %}{% endif %}"


BPE = {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}


def tokenizer(folder, name, **parts):
    data = {"added_tokens": [], "normalizer": None, "pre_tokenizer": None, "model": BPE} | parts
    (folder / f"{name}.json").write_text(json.dumps(data))


def split(pattern, behavior="Isolated"):
    return {"type": "Split", "pattern": {"Regex": pattern}, "behavior": behavior, "invert": False}


def replace(what, content, kind="Regex"):
    return {"type": "Replace", "pattern": {kind: what}, "content": content}


def added(count, content=lambda i: f"<{i}>", **options):
    flags = {"special": False, "single_word": False, "lstrip": False, "rstrip": False, "normalized": True} | options
    return [{"id": 3 + i, "content": content(i)} | flags for i in range(count)]


def character_map(letter, replacement):
    """A map of SentencePiece with one letter and its replacement: a double-array trie."""
    units = [1 << 31 | 255] * 1024
    units[0] = 256 << 10
    node = 256 ^ ord(letter)
    units[node] = ((node & ~255) ^ 512) << 10 | 1 << 8 | ord(letter)
    units[node ^ (node & ~255) ^ 512] = 0
    trie = struct.pack(f"<{len(units)}I", *units)
    return struct.pack("<I", len(trie)) + trie + replacement.encode() + b"\0"


def tokenizer_files(folder):
    patterns = {
        "nested-plus": r"(a+)+$",
        "alternatives": r"(a|a)*b",
        "backwards": r"(.*)*x",
        "ahead": r"(?=(a+))a*b\1",
        "counted": r"((a{1,100}){1,100}){1,100}b",
        "behind": r"(?<=a*)b",
        "lazy": r"(.+?)+?!",
        "spaces": r"\s+(?!\S)|\s+$",
        "empty": "",
        "long": "a?" * 5_000 + "a" * 5_000,
        "huge-count": r"a{1000000}",
        "groups": "(" * 5_000 + ")" * 5_000,
        "class": "[" + "a-z" * 100_000 + "]",
        "some-class": "[" + "".join(chr(0x4E00 + 2 * i) for i in range(20_000, 0, -1)) + "]",
        "properties": r"\p{L}" * 13_000,
        "optional": "a?" * 30_000 + "b",
        "recursive": r"(?<x>a\g<x>?b)",
        "absent": r"(?~ab)",
    }
    for name, pattern in patterns.items():
        tokenizer(folder, f"split-{name}", pre_tokenizer=split(pattern))
        tokenizer(folder, f"replace-{name}", normalizer=replace(pattern, "b"))
    steps = [replace("a", "a" * 10, "String")] * 20
    tokenizer(folder, "growing", normalizer={"type": "Sequence", "normalizers": steps})
    page = base64.b64encode(character_map("a", "a" * 60_000)).decode()
    tokenizer(folder, "growing-map", normalizer={"type": "Precompiled", "precompiled_charsmap": page})
    tokenizer(folder, "growing-empty", normalizer={"type": "Sequence", "normalizers": [replace("", "aa")] * 30})
    tokenizer(
        folder,
        "prepends",
        normalizer={"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "a"}] * 50_000},
    )
    deep = {"type": "Lowercase"}
    for _ in range(200):
        deep = {"type": "Sequence", "normalizers": [deep]}
    tokenizer(folder, "deep", normalizer=deep)
    (folder / "deeper.json").write_text(
        '{"model": ' + json.dumps(BPE) + ', "normalizer": ' + '{"type": "Sequence", "normalizers": [' * 100_000
    )
    steps = [{"type": "Digits", "individual_digits": True}] * 20_000
    tokenizer(folder, "many-steps", pre_tokenizer={"type": "Sequence", "pretokenizers": steps})
    tokenizer(folder, "added", added_tokens=added(100_000))
    tokenizer(folder, "added-prefixes", added_tokens=added(2_000, lambda i: "a" * (i + 1)))
    tokenizer(folder, "added-same", added_tokens=added(100_000, lambda i: "a"))
    tokenizer(folder, "added-empty", added_tokens=added(10, lambda i: ""))
    tokenizer(folder, "added-long", added_tokens=added(3, lambda i: "a" * 1_000_000 + str(i)))
    tokenizer(folder, "added-strips", added_tokens=added(50, lambda i: " " * (i + 1), lstrip=True, rstrip=True))
    for name, number in (
        ("huge", 4_294_967_295),
        ("huger", 2**63),
        ("negative", -1),
        ("fraction", 1.5),
        ("large", 2**31),
    ):
        tokenizer(folder, f"id-{name}", model=BPE | {"vocab": {"a": number, "b": 1, "ab": 2}})
        tokenizer(folder, f"added-id-{name}", added_tokens=[added(1)[0] | {"id": number}])
    chain = {"a" * (i + 1): i for i in range(3_000)}
    tokenizer(folder, "chain", model=BPE | {"vocab": chain, "merges": [f"{'a' * i} a" for i in range(1, 3_000)]})
    tokenizer(folder, "same-merges", model=BPE | {"merges": ["a b"] * 300_000})
    tokenizer(folder, "unknown-merges", model=BPE | {"merges": ["x y", "a", "a b c", ""]})
    pieces = [["<unk>", 0.0], ["a", -1e308], ["aa", 1e308], ["b", -0.0]]
    for name, model in {
        "unigram-scores": {"type": "Unigram", "unk_id": 0, "vocab": pieces},
        "unigram-unknown": {"type": "Unigram", "unk_id": 2**40, "vocab": pieces},
        "unigram-empty": {"type": "Unigram", "unk_id": None, "vocab": []},
        "unigram-long": {"type": "Unigram", "unk_id": 0, "vocab": [["a" * i, -1.0] for i in range(1, 3_000)]},
        "wordpiece-long": {"type": "WordPiece", "unk_token": "a", "continuing_subword_prefix": "", "vocab": chain,
                           "max_input_chars_per_word": 2**62},
        "wordpiece-prefix": {"type": "WordPiece", "unk_token": "a", "continuing_subword_prefix": "#" * 1_000_000,
                             "vocab": {"a": 0}, "max_input_chars_per_word": 100},
        "wordlevel": {"type": "WordLevel", "unk_token": "none", "vocab": {"a": 0}},
        "dropout": BPE | {"dropout": 0.5},
    }.items():  # fmt: skip
        tokenizer(folder, name, model=model)
    for name, data in {"nothing": b"", "cut": b"\xff\xff\xff\xff", "trie": struct.pack("<I", 4096) + b"\xff" * 4096,
                       "zeros": struct.pack("<I", 4096) + bytes(4096)}.items():  # fmt: skip
        charmap = base64.b64encode(data + b"abc\0").decode()
        tokenizer(folder, f"precompiled-{name}", normalizer={"type": "Precompiled", "precompiled_charsmap": charmap})
    tokenizer(folder, "padding", padding={"strategy": {"Fixed": 1_000_000_000}, "direction": "Right", "pad_id": 0,
                                          "pad_to_multiple_of": 0, "pad_type_id": 0, "pad_token": "a"})  # fmt: skip
    tokenizer(folder, "truncation", truncation={"max_length": 1, "stride": 2**40, "strategy": "LongestFirst",
                                                "direction": "Right"})  # fmt: skip
    special = {"id": "x", "ids": [2**40] * 10_000, "tokens": ["x"] * 10_000}
    single = [{"SpecialToken": {"id": "x", "type_id": 0}}] * 10_000
    tokenizer(folder, "template", post_processor={
        "type": "TemplateProcessing", "single": single, "pair": single, "special_tokens": {"x": special}})  # fmt: skip
    tokenizer(folder, "escape", model=BPE | {"type": "\x1b[31mred\x1b]0;title\x07"})


def tokenizer_names(folder):
    ranks = [base64.b64encode(bytes([i])).decode() + f" {i}\n" for i in range(256)]
    lines = {
        "bad-base64": "!!!! 256\n", "bad-rank": "YWI= x\n", "negative": "YWI= -1\n",
        "huge": "YWI= 18446744073709551616\n",
        "gap": "YWI= 4000000000\n", "empty-token": " 256\n", "no-rank": "YWI=\n", "long-line": "YWI" * 1_000_000 + "\n",
        "blank-lines": "\n" * 1_000_000, "same-rank": "YWI= 3\n", "same-text": "YQ== 256\n",
    }  # fmt: skip
    for name, line in lines.items():
        (folder / f"{name}.tiktoken").write_text("".join(ranks) + line)
    (folder / "long-tokens.tiktoken").write_text(
        "".join(ranks) + "".join(base64.b64encode(b"a" * (i + 2)).decode() + f" {256 + i}\n" for i in range(1_500))
    )


def write(folder):
    for name, texts in (("templates", TEMPLATES), ("sources", dict(sources()))):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for key, text in texts.items():
            (folder / name / f"{key}.jinja").write_text(text)
    for name, maker in (("tokenizers", tokenizer_files), ("ranks", tokenizer_names)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        maker(folder / name)
