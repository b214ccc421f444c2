#!/usr/bin/env python3
"""Render systematic templates with jinja2, as transformers does, and with a program, and compare texts and errors.

usage: Scripts/check_templates.py [--every N] [--fixture FILE] -- PROGRAM [ARGUMENT ...]
       for instance: Scripts/check_templates.py -- tokenstats templates eval --details --ascii --now 2025-03-09T14:05:07

About 29,000 templates: each filter, test and method with each kind of value and with arguments that fit and that do
not, each operator between each two kinds of values, and over a thousand templates that were written by hand: every tag,
broken syntax, numbers, formats, white space. They are made of template_tables.json. Compared are text, message, class
and line. --every N takes every Nth template only. --fixture writes what jinja2 makes of the templates that were written
by hand, for the tests. Needs transformers==5.23.0 and jinja2==3.1.6. Exit status 1 where a template differs.
"""

import argparse
import copy
import json
import pathlib
import re
import signal
import subprocess
import sys

import fuzz_templates
from fuzz_templates import CONTEXT, Clock, TooSlow, utils

# What is done with a value beside filters, tests, methods and operators.
USES = """
{{ @ }}
{{ [@] }}
{{ @[0] }}
{{ @.a }}
{{ @['a'] }}
{{ @[1:] }}
{{ @() }}
{% for q in @ %}{{ q }},{% endfor %}
{% for q, r in @ %}{{ q }},{% endfor %}
{% if @ %}y{% endif %}
{% set q, r = @ %}{{ q }}
{{ -@ }}
{{ not @ }}
{{ raise_exception(@) }}
{{ a[@] }}
{{ d[@] }}
{{ s[@] }}
{{ a[@:] }}
{{ range(@) }}
{{ dict(@) }}
{{ namespace(@) }}
{{ strftime_now(@) }}
{{ '%s|%r' % (@, @) }}
{{ '{}|{!r}'.format(@, @) }}
{{ '%d' % @ }}
{{ '{:5}'.format(@) }}
{{ '{:d}'.format(@) }}
{{ {@: 1} }}
{{ ','.join(@) }}
{% call @() %}x{% endcall %}
{% include @ %}
{% autoescape @ %}{{ '<' }}{% endautoescape %}
{{ range(*@) }}
{{ dict(**@) }}
{{ cycler(@) }}
{% set x = @ %}{{ x.foo.bar }}
{{ @ ~ 'x' }}
""".strip().split("\n")
OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "~", "==", "!=", "<", "<=", ">", ">=", "in", "not in"]
OWNERS = {
    "text_methods": ["'abcb'", "u", "ws", "''"],
    "list_methods": ["a", "(1,2)", "range(3)", "l"],
    "dict_methods": ["d", "{}", "m[0]", "dict", "namespace(a=1)"],
}


def templates(tables):
    """All templates, those that were written by hand first."""
    yield from tables["templates"]
    for value in tables["values"]:
        for use in USES:
            yield use.replace("@", f"({value})")
        for test in tables["tests"]:
            yield f"{{{{ ({value}) is {test} }}}}"
        for name, lists in tables["filters"].items():
            for arguments in lists:
                call = f"({value})|{name}" + (f"({arguments})" if arguments else "")
                yield f"{{{{ {call} }}}}"
                if value in ("a", "m", "d"):
                    yield f"{{{{ {call}|list }}}}"
    for kind, owners in OWNERS.items():
        for owner in owners:
            for name, lists in tables[kind].items():
                for arguments in lists:
                    yield f"{{{{ ({owner}).{name}({arguments}) }}}}"
    for owner in ("7", "true", "2.5", "big", "none"):
        for method in tables["number_methods"]:
            yield f"{{{{ ({owner}).{method} }}}}"
    for operator in OPERATORS:
        for left in tables["operands"]:
            for right in tables["operands"]:
                yield f"{{{{ ({left}) {operator} ({right}) }}}}"


def line_of(error):
    """The template's line that an error comes from."""
    line = getattr(error, "lineno", None)
    traceback = error.__traceback__
    while line is None and traceback:
        if traceback.tb_frame.f_code.co_filename == "<template>":
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def rendered(template):
    """What transformers renders or raises."""
    try:
        return {"rendered": utils._cached_compile_jinja_template(template).render(**copy.deepcopy(CONTEXT))}
    except RecursionError:
        return {"error": "maximum recursion depth exceeded", "error_type": "RecursionError"}
    except Exception as error:
        return {"error": str(error), "error_type": type(error).__name__, "line": line_of(error)}


def reference(template):
    """What transformers renders or raises; None where that takes too long or shows an address."""
    signal.setitimer(signal.ITIMER_PROF, 2)
    try:
        result = rendered(template)
    except TooSlow:
        return None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    text = result.get("rendered", result.get("error"))
    # Filters may have changed the letters of an address.
    return None if re.search(r"t(?: |%20)0x[0-9a-f]{6}", text, re.IGNORECASE) or len(text) > 200_000 else result


def is_known(template, expected, found):
    """Whether a difference is one of those that docs/templates.md names."""
    if fuzz_templates.is_known(template, expected, found):
        return True
    # Python names the line of the code that jinja2 generates.
    if "(<template>, line " in expected.get("error", ""):
        return expected["error"].split(" (<")[0] == found.get("error", "").split(" (<")[0]
    # jinja2 writes constants that are infinite into its code, where they are names.
    return "name 'inf' is not defined" in expected.get("error", "") or "random" in template


def main():
    """Compares all templates and prints the differences."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--fixture", type=pathlib.Path)
    parser.add_argument("program", nargs="+")
    options = parser.parse_args()
    utils.datetime = Clock
    signal.signal(signal.SIGPROF, fuzz_templates.interrupt)
    tables = json.loads(pathlib.Path(__file__).with_name("template_tables.json").read_text())
    chosen = list(dict.fromkeys(templates(tables)))[:: options.every]
    rows = [(template, expected) for template in chosen if (expected := reference(template)) is not None]
    lines = "".join(json.dumps({"template": template, "context": CONTEXT}) + "\n" for template, _ in rows)
    answer = subprocess.run(options.program, input=lines.encode(), stdout=subprocess.PIPE, check=False).stdout
    found = [json.loads(line) for line in answer.decode().split("\n") if line]
    if len(found) != len(rows):
        sys.exit(f"the program answered {len(found)} of {len(rows)} rows; then came {rows[len(found)][0]!r}")
    differences = known = 0
    fixture = [json.dumps({"context": CONTEXT})]
    by_hand = set(tables["templates"])
    for (template, expected), result in zip(rows, found, strict=True):
        is_same = all(result.get(key) == expected.get(key) for key in ("rendered", "error", "error_type"))
        line = expected.get("line")
        if is_same and (line is None or result.get("line") == line):
            if template in by_hand:
                fixture.append(json.dumps({"template": template, **expected}))
            continue
        if is_known(template, expected, result):
            known += 1
            continue
        differences += 1
        print(f"{template!r}\n  jinja2:  {expected}\n  program: {result}")
    if options.fixture:
        options.fixture.write_text("\n".join(fixture) + "\n")
    print(f"{len(rows)} templates, {differences} differ, {known} differ as documented")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
