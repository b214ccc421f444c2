#!/usr/bin/env python3
"""Render random templates with jinja2, as transformers does, and with a program, and compare text and errors.

usage: Scripts/fuzz_templates.py [--count 200000] [--seed 1] -- PROGRAM [ARGUMENT ...]
       Scripts/fuzz_templates.py --rows [--count 200000] [--seed 1] > FILE
       for instance: Scripts/fuzz_templates.py -- tokenstats templates eval --ascii --now 2025-03-09T14:05:07

The program reads one object a line, {"template": ..., "context": ...}, and answers each with {"rendered": ...} or
{"error": ...}. Needs transformers==5.23.0 and jinja2==3.1.6. The templates come from a grammar: all statements,
expressions, filters, tests and methods, white space and its marks everywhere, and broken syntax. Left out are results
that show an address or take Python more than a second. Exit status 1 where a template differs. With --rows the
templates are printed as such rows, and nothing is compared.
"""

import argparse
import copy
import datetime
import json
import os
import random
import re
import resource
import signal
import subprocess
import sys

os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")

from transformers.utils import chat_template_utils as utils

CONTEXT = {
    "a": [3, 1, 2],
    "s": "Hello World",
    "e": "",
    "n": None,
    "t": True,
    "f": False,
    "i": 7,
    "x": 2.5,
    "neg": -7,
    "d": {"b": 2, "a": 1, "items": "it", "c": {"z": [1, {"k": "v"}]}},
    "u": "é你😀ßΣ",
    "l": ["x", "Yy", "zzz"],
    "m": [
        {"role": "user", "content": " u1 "},
        {"role": "assistant", "content": "<think>\nt\n</think>\n\na1", "k": 1},
        {"role": "user", "content": "u2"},
    ],
    "big": 123456789012345678901234567890,
    "ws": "  pad \n",
    "html": "<a href='x'>&\"q\"</a>",
    "ml": "one\ntwo\r\n\nthree",
    "nest": [[1, [2, []]], [3]],
    "w": "the quick-brown fox jumps over lazy dogs",
}
NAMES = [*CONTEXT, "nope", "loop", "q", "r", "ns", "f1"]
TEXTS = (
    "'a'|'o'|' '|'l'|''|'x'|'user'|'\\n'|'ab'|'role'|'content'|'%s-%s'|'{}{}'|'a,b,c'|'Aé'|'k.z'|'0'|'12'|'-3.5'"
    "|'</think>'|' pad '"
).split("|")
NUMBERS = "0 1 2 -1 3 7 10 2.5 0.1 1e16 100 -2 1000000007 0.5".split()
FILTERS = {
    "abs": [""],
    "attr": ["'real'", "'upper'", "'role'"],
    "batch": ["2", "3, 0"],
    "capitalize": [""],
    "center": ["", "12"],
    "count": [""],
    "d": ["'D'", "'D', true"],
    "default": ["", "0, true"],
    "dictsort": ["", "true", "false, 'value'", "reverse=true"],
    "e": [""],
    "filesizeformat": ["", "true"],
    "first": [""],
    "float": ["", "1.5"],
    "forceescape": [""],
    "format": ["1, 2", "'q'", "a=1"],
    "groupby": ["'role'", "'k', default=0"],
    "indent": ["", "2", "2, true", "1, blank=true", "'> '"],
    "int": ["", "5", "0, 16"],
    "items": [""],
    "join": ["", "', '", "', ', attribute='role'"],
    "last": [""],
    "length": [""],
    "list": [""],
    "lower": [""],
    "map": ["'upper'", "attribute='role'", "attribute='k', default='-'", "'replace', 'a', 'b'", "'int'", "'trim'"],
    "max": ["", "true"],
    "min": ["", "attribute='content'"],
    "pprint": [""],
    "reject": ["", "'odd'", "'gt', 2", "'none'"],
    "rejectattr": ["'k'", "'k', 'defined'"],
    "replace": ["'a', 'b'", "'l', 'L', 1", "'', '-'"],
    "reverse": [""],
    "round": ["", "1", "0, 'floor'", "1, 'ceil'", "-1"],
    "safe": [""],
    "select": ["", "'odd'", "'equalto', 1"],
    "selectattr": ["'k'", "'role', 'equalto', 'user'", "'content'"],
    "slice": ["2", "3, 0"],
    "sort": ["", "true", "case_sensitive=true", "attribute='content'"],
    "string": [""],
    "striptags": [""],
    "sum": ["", "attribute='k'", "start=1"],
    "title": [""],
    "tojson": ["", "indent=2", "true", "separators=(',', ':')", "sort_keys=true", "indent='\\t'", "indent=0"],
    "trim": ["", "'x'", "' \\n'"],
    "truncate": ["5", "5, true", "6, false, '~', 0"],
    "unique": ["", "true", "attribute='role'"],
    "upper": [""],
    "urlencode": [""],
    "wordcount": [""],
    "wordwrap": ["10", "5, false", "7"],
    "xmlattr": ["", "false"],
}
TESTS = (
    "odd|even|divisibleby 2|defined|undefined|none|boolean|false|true|integer|float|lower|upper|string|mapping"
    "|number|sequence|iterable|callable|sameas n|escaped|in a|eq 1|ne 1|equalto 'a'|gt 1|ge 1|lt 1|le 2|filter"
    "|test|in 'Hello'"
).split("|")
METHODS = (
    "upper()|lower()|title()|capitalize()|swapcase()|strip()|lstrip()|rstrip()|strip('a x')|split()|split(',')"
    "|split('l', 1)|rsplit(' ', 1)|splitlines()|splitlines(true)|startswith('H')|endswith(('d', 'x'))"
    "|find('o')|rfind('o')|index('l')|count('l')|replace('l', 'L')|replace('o', '', 1)|join(l)|join(['a'])"
    "|partition(' ')|rpartition('o')|center(15, '*')|ljust(12)|rjust(12, '.')|zfill(8)|isalpha()|isdigit()"
    "|isupper()|islower()|isspace()|isalnum()|istitle()|isnumeric()|isascii()|isprintable()|isidentifier()"
    "|removeprefix('He')|removesuffix('ld')|expandtabs(4)|format(1, 'x')|format(a=1)|get('a')|get('q', 5)"
    "|items()|keys()|values()|copy()|append(1)|pop()|update({})|index(2)|count(1)|real|bit_length()"
    "|is_integer()|casefold()|__class__|foo|foo.bar|role|content|0|name|upper(1)|strip(1)|split('')|get()"
    "|split('</think>')[-1]|find('l', 3)|join('abc')"
).split("|")
CALLS = (
    "range(3)|list#dict(a=1)#namespace(a=1).a#loop.index#loop.last#loop.first#loop.length#loop.previtem"
    "#loop.nextitem#loop.cycle(1, 2)#loop.changed(x)#ns.v#f1(1)#f1()#strftime_now('%d %b')#caller()#varargs"
    "#kwargs#cycler(1, 2).next()#raise_exception('no')"
).split("#")
SUBSCRIPTS = ["0", "-1", "1:", "::-1", ":2", "1:-1", "'a'", "::2", "5:1", "-2:", "x", "i"]
BROKEN = (
    "{% do x %}|{% if %}|{{ }}|{{ 1 2 }}|{% endfor %}|{{ x|{% for in a %}{% endfor %}|{{ a is notest }}"
    "|{{ 'a' 'b' }}|{% set true = 1 %}|{{ [1, 2 }}|{{ a. }}|{{ 1_0 }}|{{ 0x1F }}|{% macro %}|{{ f(a=1, 2) }}"
    "|{{ *a }}|{% include 'x' %}|{{ {1: 2, 'a': [3]} }}|{{ a.0 }}|{{ -2 ** 2 }}|{{ 7 // 0 }}|{{ '%d' % 3.7 }}"
    "|{{ '%05.2f %x %s' % (2.5, 255, a) }}|{{ '{:>5} {:<4} {:^6} {:,}'.format(1, 2, 3, 12345) }}"
).split("|")
SPECIAL_NUMBERS = (
    "9223372036854775807 -9223372036854775808 10**25 -10**30 1e308 1e-320 1.5e-7 123456.789 0.1+0.2 2**0.5"
    " 1e15 1e17 0.30000000000000004 -0.0 5e-324 7//2 -7//2 -7%3 7.5%2 1/3 2**-2 10**5/3 true+1 99999999999999999999.5"
).split()
NAMES_OF_TEXT_METHODS = (
    "capitalize casefold center count endswith expandtabs find format index isalnum isalpha isascii isdecimal isdigit"
    " isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip partition removeprefix"
    " removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title"
    " upper zfill format_map"
).split()
NAMES_OF_FILTERS = [*FILTERS, "random2", "wordcount", "tojson", "int", "float", "round", "indent", "truncate", "center"]
NAMES_OF_TESTS = [test.split()[0] for test in TESTS]
ODD_TEXTS = (
    "'ǅ'#'ß'#'İ'#'ﬁ'#'\\u0345'#'Σ Σ'#'a\\tb'#'\\x00'#'\\x85'#'\\u2028'#'½'#'٣'#'e\\u0301'#'\\ud800'#'1_0'#' 12 '"
    "#'+3'#'0x1f'#'1e3'#'nan'#'-inf'#'true'#'<b>'#'&amp;'#'%'#'%%'#'%(a)s'#'{0}'#'{a}'#'{{'#'a\\r\\nb'#'\\x1f'#'𝔘'#'ŉ'#'ΌΣΟΣ'"
).split("#")
SPACES = ["", "", " ", "\n", "  ", "\n\n", " \n ", "\t", "x", "y\n", "\r\n", "é"]


class Generator:
    """Makes random templates."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.pick = self.random.choice

    def expression(self, depth):
        """An expression with others within it."""
        pick = self.pick
        if depth <= 0:
            return pick([pick(NAMES), pick(NAMES), pick(TEXTS), pick(NUMBERS), pick("true none [] {} ()".split())])
        if self.random.random() < 0.25:
            return self.wild()
        inner = [self.expression(depth - 1) for _ in range(3)]
        name, arguments = pick(list(FILTERS.items()))
        argument = pick(arguments)
        filtered = f"|{name}({argument})" if argument else f"|{name}"
        tail = pick(["", "", "|list", "|string", "|length", "|join(',')", "|first"])
        operator = pick(["+", "-", "*", "/", "//", "%", "~", "~", "+"])
        comparison = pick(["==", "!=", "<", "<=", ">", ">=", "in", "not in"])
        return pick(
            [
                pick(NAMES),
                pick(NAMES),
                pick(TEXTS),
                f"{pick(NAMES)}[{pick(SUBSCRIPTS)}]",
                f"({inner[0]})[{pick([inner[1], '0', '-1', chr(39) + 'a' + chr(39)])}]",
                f"{pick(NAMES)}.{pick(METHODS)}",
                f"({inner[0]}).{pick(METHODS)}",
                f"{pick(NAMES)}{filtered}{tail}",
                f"({inner[0]}){filtered}{tail}",
                f"{inner[0]} is {pick(['', 'not '])}{pick(TESTS)}",
                f"({inner[0]} {operator} {inner[1]})",
                f"({inner[0]} {comparison} {inner[1]})",
                f"{pick(['not ', '-', '+'])}{inner[0]}",
                f"({inner[0]} {pick(['and', 'or'])} {inner[1]})",
                f"({inner[0]} if {inner[1]} else {inner[2]})",
                f"({inner[0]} if {inner[1]})",
                f"[{inner[0]}, {inner[1]}]",
                f"({inner[0]},)",
                f"{{{pick(TEXTS)}: {inner[0]}}}",
                pick(CALLS),
            ]
        )

    def operand(self):
        """A value without operators: a name, a text or a number, odd ones too."""
        pick = self.pick
        kind = self.random.randrange(8)
        if kind < 3:
            return pick(NAMES)
        if kind < 5:
            return pick([pick(TEXTS), pick(ODD_TEXTS)])
        if kind < 7:
            return f"({pick([pick(NUMBERS), pick(SPECIAL_NUMBERS)])})"
        return pick("none true false [] {} () (1,) [1,'a'] {'a':1} {1:2,none:3} [none,1.5,'é']".split())

    def arguments(self):
        """Arguments of a call, mostly few and without names."""
        pick = self.pick
        values = [self.operand() for _ in range(pick([0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 4]))]
        names = "width chars sep maxsplit indent default attribute length killwords end leeway first blank start a b q"
        if self.random.random() < 0.1:
            values.append(f"{pick(names.split())}={self.operand()}")
        return ", ".join(values)

    def percent(self):
        """A text that is formatted with `%`."""
        pick = self.pick
        forms = []
        for _ in range(pick([1, 1, 1, 2, 3])):
            key = pick(["", "", "", "", "(a)"])
            flags = "".join(pick(["", "", "-", "+", " ", "0", "#"]) for _ in range(2))
            precision = pick(["", "", "", ".0", ".2", ".5", ".", ".*", ".20"])
            kind = pick("ssssdddiuxXoeEfFgGcra%b")
            forms.append(
                f"%{key}{flags}{pick(['', '', '5', '12', '*', '1'])}{precision}{pick(['', '', '', 'l'])}{kind}"
            )
        many = "(" + ", ".join(self.operand() for _ in forms) + ",)"
        value = pick([self.operand(), many, many, f"{{'a': {self.operand()}}}"])
        return f"('{pick(['', 'x'])}{pick(['', ' ', '-']).join(forms)}' % {value})"

    def braces(self):
        """A text that is formatted with `format`."""
        pick = self.pick
        align = pick(["", "", "<", ">", "^", "=", "*<", "é>", "0="])
        sign, form, zero = pick(["", "", "+", "-", " "]), pick(["", "", "#"]), pick(["", "", "0"])
        size = pick(["", "", "3", "12"]) + pick(["", "", "", ",", "_"]) + pick(["", "", ".0", ".3", ".12"])
        kind = pick(["", "", "", *"sdbcoxXneEfFgG%"])
        conversion = pick(["", "", "", "", "!r", "!s", "!a"])
        field = pick(["", "", "", "0", "1", "a", "0.b", "0[a]", "a.x", "0[0]", "d[b]"])
        text = f"{{{field}{conversion}:{align}{sign}{form}{zero}{size}{kind}}}"
        name = self.random.random() < 0.2
        return f"'{pick(['', 'x'])}{text}'.format({self.operand()}{', a=' + self.operand() if name else ''})"

    def wild(self):
        """A filter, test, method, operator, slice or format with arguments that may not fit."""
        pick = self.pick
        kind = self.random.randrange(9)
        if kind == 0:
            return self.percent()
        if kind == 1:
            return self.braces()
        if kind < 4:
            return f"({self.operand()}).{pick(NAMES_OF_TEXT_METHODS)}({self.arguments()})"
        if kind < 6:
            tail = pick(["", "", "|list", "|string", "|tojson"])
            return f"{self.operand()}|{pick(NAMES_OF_FILTERS)}({self.arguments()}){tail}"
        if kind < 7:
            arguments = pick(["", "", f"({self.arguments()})", f" {self.operand()}"])
            return f"{self.operand()} is {pick(['', 'not '])}{pick(NAMES_OF_TESTS)}{arguments}"
        if kind < 8:
            bounds = ":".join(pick(["", "", self.operand(), pick(NUMBERS)]) for _ in range(pick([1, 2, 2, 3])))
            return f"{pick(NAMES)}[{bounds or 0}]"
        operator = pick([*"+ - * / // % ** ~ == != < <= > >= in and or".split(), "not in"])
        power = operator == "**"
        right = pick(["2", "-1", "0.5", "0", "30", "x", "u"]) if power else self.operand()
        return f"({self.operand()} {operator} {right})"

    def tag(self, text):
        """A tag with marks of white space control."""
        return self.pick(["{%", "{%", "{%-", "{%+"]) + f" {text} " + self.pick(["%}", "%}", "-%}", "+%}"])

    def output(self, depth):
        """A print statement."""
        return self.pick(["{{ ", "{{", "{{- "]) + self.expression(depth) + self.pick([" }}", "}}", " -}}"])

    def loop(self, depth):
        """A loop, with a condition, `else` or recursion now and then."""
        pick = self.pick
        target = pick(["q", "q", "q, r", "(q, r)"])
        iterable = pick([*"a m l s d d.items() range(3) nest nope a|reverse".split(), self.expression(2)])
        condition = pick(["", "", "", f" if {self.expression(1)}"])
        recursive = pick(["", "", "", "", " recursive"])
        jump = pick(["", "", "{{ loop.index }}", "{{ q }}", "{% break %}", "{% if q %}{% continue %}{% endif %}"])
        again = "{{ loop(q) }}" if recursive else ""
        otherwise = pick(["", "", self.tag("else") + self.body(depth)])
        head = self.tag(f"for {target} in {iterable}{condition}{recursive}")
        return head + self.body(depth) + jump + again + self.body(depth) + otherwise + self.tag("endfor")

    def statement(self, depth):
        """A statement with others within it."""
        pick, body = self.pick, lambda: self.body(depth - 1)
        kind = self.random.randrange(16) if depth > 0 else 0
        if kind < 4:
            return self.output(3 if depth > 0 else 1)
        if kind < 6:
            elif_ = pick(["", self.tag(f"elif {self.expression(1)}") + body()])
            else_ = pick(["", self.tag("else") + body()])
            return self.tag(f"if {self.expression(2)}") + body() + elif_ + else_ + self.tag("endif")
        if kind < 9:
            return self.loop(depth - 1)
        if kind < 11:
            value = pick([self.expression(2), "namespace(v=1)", self.expression(3)])
            return self.tag(f"set {pick(['q', 'r', 'q, r', 'ns', 'x'])} = {value}")
        if kind < 12:
            return self.tag(f"set q{pick(['', ' | upper', ' | trim', ' | indent(2)'])}") + body() + self.tag("endset")
        if kind < 13:
            head = self.tag(f"macro f1({pick(['', 'q', 'q, r=1', 'caller=none'])})")
            part = pick(["", "{{ q }}", "{{ varargs }}", "{{ kwargs }}", "{{ caller() }}", "{{ caller is defined }}"])
            return head + body() + part + self.tag("endmacro")
        if kind < 14:
            name, head = pick(
                [
                    ("call", f"call f1({pick(['', '1', 'a=1'])})"),
                    ("generation", "generation"),
                    ("filter", f"filter {pick(['upper', 'trim', 'indent(2)', 'title'])}"),
                    ("autoescape", f"autoescape {pick(['true', 'false', 't'])}"),
                    ("block", f"block {pick(['b1', 'b2'])}"),
                    ("with", f"with q = {self.expression(1)}, r = q"),
                ]
            )
            return self.tag(head) + body() + self.tag("end" + name)
        if kind < 15:
            return pick(["{# c #}", "{#- c -#}", "{%- raw -%} {{ x }} {% endraw %}", "{#\nc\n#}\n"])
        return pick(BROKEN)

    def body(self, depth):
        """Statements with text between them."""
        count = self.pick([1, 1, 1, 2, 2, 3])
        return "".join(self.pick(SPACES) + self.statement(depth) for _ in range(count)) + self.pick(SPACES)

    def template(self):
        """A template."""
        depth = self.pick([1, 2, 2, 3])
        return self.output(depth) if self.random.random() < 0.45 else self.body(depth)


class TooSlow(BaseException):
    """Python took more than a second."""


class Clock(datetime.datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz=None):
        """The moment of all templates."""
        return cls(2025, 3, 9, 14, 5, 7)


def interrupt(_signal, _frame):
    """Ends a rendering that takes too long."""
    raise TooSlow


def reference(template):
    """What transformers renders or raises; None where that says nothing."""
    try:
        return reference_in_time(template)
    except TooSlow:
        # It can come when the rendering has just ended, too.
        return None


def reference_in_time(template):
    """What transformers renders or raises; None where that says nothing. Raises TooSlow."""
    signal.setitimer(signal.ITIMER_REAL, 1)
    try:
        result = {"rendered": utils._cached_compile_jinja_template(template).render(**copy.deepcopy(CONTEXT))}
    except RecursionError:
        result = {"error": "maximum recursion depth exceeded"}
    except MemoryError:
        return None
    except Exception as error:
        result = {"error": str(error)}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    text = next(iter(result.values()))
    return None if " at 0x" in text or len(text) > 100_000 else result


def is_known(template, expected, found):
    """Whether a difference is one of those that are documented: they are of no use to a chat template."""
    error = found.get("error", "")
    # The message holds a line of the Python code that jinja2 generates.
    if "loop (<template>, line" in expected.get("error", "") and "loop (<template>, line" in error:
        return True
    # jinja2's optimizer evaluates slices of constants otherwise than the code it generates.
    if "not subscriptable" in error or "'slice'" in error:
        return re.search(r"[\d\]})'\"]\)*\[[^\]]*:", template) is not None
    # The optimizer writes constants that overflowed into the code as names.
    if re.fullmatch(r"name '(inf|nan)' is not defined", expected.get("error", "")):
        return True
    # What has no reproducible text, or is not supported, is refused by name.
    if "was stopped" in error or "not reproducible" in error:
        return True
    return "not supported" in error and "between instances" not in error


def main():
    """Makes templates in batches, compares and prints the differences."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", action="store_true", help="print the templates as rows, and compare nothing")
    parser.add_argument("program", nargs="*")
    options = parser.parse_args()
    if options.rows:
        generator = Generator(options.seed)
        for _ in range(options.count):
            print(json.dumps({"template": generator.template(), "context": CONTEXT}))
        return
    if not options.program:
        parser.error("the program to compare with is missing")
    utils.datetime = Clock
    signal.signal(signal.SIGALRM, interrupt)
    # Some templates ask jinja2 for more memory than there is, faster than the alarm comes.
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, hard))
    generator = Generator(options.seed)
    compared = differences = known = 0
    while compared < options.count:
        rows = []
        while len(rows) < min(2000, options.count - compared):
            template = generator.template()
            expected = reference(template) if len(template) < 1500 else None
            if expected is not None:
                rows.append((template, expected))
        lines = "".join(json.dumps({"template": template, "context": CONTEXT}) + "\n" for template, _ in rows)
        answer = subprocess.run(options.program, input=lines.encode(), stdout=subprocess.PIPE, check=False).stdout
        found = [json.loads(line) for line in answer.decode().split("\n") if line]
        if len(found) != len(rows):
            sys.exit(f"the program answered {len(found)} of {len(rows)} rows; then came {rows[len(found)][0]!r}")
        for (template, expected), result in zip(rows, found, strict=True):
            if all(result.get(key) == expected.get(key) for key in ("rendered", "error")):
                continue
            if is_known(template, expected, result):
                known += 1
                continue
            differences += 1
            print(f"{template!r}\n  jinja2:  {expected}\n  program: {result}")
        compared += len(rows)
    print(f"{compared} templates, {differences} differ, {known} differ as documented (seed {options.seed})")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
