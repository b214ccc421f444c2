#!/usr/bin/env python3
"""Checks that modules depend downward only, in the order that docs/architecture.md states (its block `modules`).

It also checks that the types that this page names exist, and that only one module says persona.

    swift package dump-package | Scripts/check_modules.py

Prints each finding; the status is 1 where there is one.
"""

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUIDE = ROOT / "docs/architecture.md"
IMPORT = re.compile(r"^ *(?:@\w+ )?(?:(?:public|package|internal|fileprivate|private) )?import (\w+)", re.MULTILINE)
DECLARATION = re.compile(r"\b(?:struct|enum|class|actor|protocol) ([A-Z]\w*)")
# What the program's commands and the module itself say, others only import.
PERSONA_HOMES = ("PersonaData", "StatsCLI")
PERSONA_USES = re.compile(r"import PersonaData|PersonaNames")


def levels():
    """The level of each module, 0 at the top."""
    block = re.search(r"^```modules\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    if not block:
        sys.exit(f"{GUIDE}: the block ```modules is missing; it states the order of the modules")
    lines = block.group(1).splitlines()
    return {name: level for level, line in enumerate(lines) for name in re.findall(r"[A-Z]\w*", line)}


def check_walk():
    """Types that the page's walk names, but Sources does not declare."""
    declared = {
        name for path in (ROOT / "Sources").rglob("*.swift") for name in DECLARATION.findall(path.read_text("utf-8"))
    }
    walk = re.search(r"^## One conversation's walk\n(.*?)^## ", GUIDE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    if not walk:
        sys.exit(f'{GUIDE}: the section "One conversation\'s walk" is missing')
    for name in sorted(set(re.findall(r"`([A-Z]\w*[a-z]\w*)`", walk.group(1))) - declared):
        yield f"{GUIDE.relative_to(ROOT)}: names {name}, which no file in Sources declares"


def names(dependencies):
    """The targets of this package among a target's dependencies."""
    for dependency in dependencies:
        for kind in ("byName", "target"):
            if kind in dependency:
                yield dependency[kind][0]


def check_target(target, level, modules):
    module = "Program" if target["type"] == "executable" else target["name"]
    if module not in level:
        yield f"Package.swift: {module} has no level in the block `modules` of {GUIDE.relative_to(ROOT)}: add it"
        return
    declared = set(names(target["dependencies"]))
    for other in sorted(declared & set(level)):
        if level[other] <= level[module]:
            yield f"Package.swift: {module} depends on {other}, which is not below it in {GUIDE.relative_to(ROOT)}"
    for path in sorted((ROOT / "Sources" / module).rglob("*.swift")):
        text = path.read_text(encoding="utf-8")
        place = path.relative_to(ROOT)
        for other in sorted(set(IMPORT.findall(text)) & modules - declared):
            yield f"{place}: imports {other}, which Package.swift does not list for {module}"
        if module in PERSONA_HOMES:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if "persona" in PERSONA_USES.sub("", line).lower():
                yield f"{place}:{number}: says persona, which only PersonaData and its commands do: use its names"


def main():
    level = levels()
    targets = json.load(sys.stdin)["targets"]
    modules = {target["name"] for target in targets}
    products = [target for target in targets if target["type"] in ("regular", "executable")]
    sources = [target for target in products if not (target.get("path") or "").startswith("Tests/")]
    findings = [
        *check_walk(),
        *(finding for target in sources for finding in check_target(target, level, modules)),
        *(
            f"{GUIDE.relative_to(ROOT)}: {name} is no module of Package.swift"
            for name in sorted(level)
            if name != "Program" and name not in modules
        ),
    ]
    for finding in findings:
        print(finding, file=sys.stderr)
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
