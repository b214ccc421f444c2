#!/usr/bin/env python3
"""Packs the wheel: the modules of python/tokenstats, the extension module, and the program as a script (an ELF file).

    Scripts/pack_wheel.py --version 1.0 --extension _core.abi3.so --program bin/tokenstats --parts ROOT FOLDER

It prints the wheel's path. The tag is the oldest one that auditwheel allows for what is in it; nothing is grafted, so
that the program stays the file that it is. Two runs give the same bytes: names are sorted, and every time is
SOURCE_DATE_EPOCH.
"""

import argparse
import base64
import hashlib
import os
import re
import struct
import subprocess
import sys
import time
import tomllib
import zlib
from pathlib import Path

import deflate

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / "python"
ABI = "cp311-abi3"


class Archive:
    """A ZIP file of deflated members; libdeflate makes them a twentieth smaller than zlib can."""

    def __init__(self, moment):
        year, month, day, hour, minute, second = moment
        self.stamp = struct.pack("<HH", hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day)
        self.body, self.directory, self.count = b"", b"", 0

    def add(self, path, data, packed, mode):
        """Adds a member, whose compressed form the caller has."""
        name = path.encode()
        # Version 2.0, names in UTF-8, deflated.
        fields = struct.pack("<HHH", 20, 0x800, 8) + self.stamp
        fields += struct.pack("<IIIHH", zlib.crc32(data), len(packed), len(data), len(name), 0)
        place = struct.pack("<HHHII", 0, 0, 0, (0o100000 | mode) << 16, len(self.body))
        # Made on Unix (3), so that modes count.
        self.directory += struct.pack("<IBB", 0x02014B50, 20, 3) + fields + place + name
        self.body += struct.pack("<I", 0x04034B50) + fields + name + packed
        self.count += 1

    def bytes(self):
        sizes = struct.pack("<HHIIH", self.count, self.count, len(self.directory), len(self.body), 0)
        return self.body + self.directory + struct.pack("<IHH", 0x06054B50, 0, 0) + sizes


def metadata(project, version):
    """The file METADATA, version 2.4 of the core metadata."""
    lines = ["Metadata-Version: 2.4", f"Name: {project['name']}", f"Version: {version}"]
    lines += [f"Summary: {project['description']}", f"License-Expression: {project['license']}"]
    lines += [f"Keywords: {','.join(project['keywords'])}", f"Requires-Python: {project['requires-python']}"]
    lines += [f"Classifier: {text}" for text in project["classifiers"]]
    for extra, packages in sorted(project["optional-dependencies"].items()):
        lines.append(f"Provides-Extra: {extra}")
        lines += [f'Requires-Dist: {package}; extra == "{extra}"' for package in packages]
    lines += ["Description-Content-Type: text/markdown", "", (PYTHON / project["readme"]).read_text(encoding="utf-8")]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--version", required=True)
    parser.add_argument("--extension", type=Path, required=True)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--parts", type=Path, required=True, help="folder with PARTS.tsv and licenses/ of the program")
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    project = tomllib.loads((PYTHON / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name = f"{project['name']}-{options.version}"
    information = f"{name}.dist-info"

    files = {
        f"tokenstats/{path.name}": path.read_bytes() for path in (PYTHON / "tokenstats").iterdir() if path.is_file()
    }
    files["tokenstats/_version.py"] = f'"""The version."""\n\n__version__ = "{options.version}"\n'.encode()
    files["tokenstats/_core.abi3.so"] = options.extension.read_bytes()
    files[f"{name}.data/scripts/tokenstats"] = options.program.read_bytes()
    for path in [ROOT / "LICENSE", options.parts / "PARTS.tsv", *(options.parts / "licenses").iterdir()]:
        files[f"{information}/licenses/{path.name}"] = path.read_bytes()
    files[f"{information}/METADATA"] = metadata(project, options.version).encode()
    # Zip files know no time before 1980.
    moment = time.gmtime(max(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), 315532800))[:6]
    packed = {path: bytes(deflate.deflate_compress(data, 12)) for path, data in files.items()}

    def write(tag):
        every = dict(files)
        every[f"{information}/WHEEL"] = (
            f"Wheel-Version: 1.0\nGenerator: tokenstats\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()
        )
        record = []
        for path, data in sorted(every.items()):
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{path},sha256={digest},{len(data)}")
        every[f"{information}/RECORD"] = ("\n".join([*record, f"{information}/RECORD,,"]) + "\n").encode()
        archive = Archive(moment)
        for path, data in sorted(every.items(), key=lambda item: (".dist-info/" in item[0], item[0])):
            mode = 0o755 if "/scripts/" in path or path.endswith(".so") else 0o644
            archive.add(path, data, packed.get(path) or bytes(deflate.deflate_compress(data, 12)), mode)
        wheel = options.folder / f"{name}-{tag}.whl"
        wheel.write_bytes(archive.bytes())
        return wheel

    machine = os.uname().machine
    plain = write(f"{ABI}-linux_{machine}")
    report = subprocess.run(
        [sys.executable, "-m", "auditwheel", "show", plain], capture_output=True, text=True, check=True
    ).stdout
    platforms = re.findall(rf'"(manylinux_\d+_\d+_{machine})"', report)
    if not platforms:
        sys.exit(f"auditwheel allows no tag for the wheel:\n{report}")
    plain.unlink()
    print(write(f"{ABI}-{platforms[0]}"))


if __name__ == "__main__":
    main()
