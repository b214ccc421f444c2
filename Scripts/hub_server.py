#!/usr/bin/env python3
"""Plays the Hugging Face hub on this machine, and misbehaves on request.

usage: hub_server.py FOLDER

FOLDER/HUB/models/OWNER/NAME and FOLDER/HUB/datasets/OWNER/NAME hold the files of repositories of the hub at the
address http://127.0.0.1:PORT/HUB, where HUB begins with "hub-"; at the server's own address is the hub in FOLDER
itself. The port is written to FOLDER/port, and each request becomes a line of log.jsonl in the hub's folder. The server
ends when its standard input ends.

behavior.json in the hub's folder says what goes wrong: {"PART OF A PATH": {"kind": KIND, "times": N, ...}}, looked up
at each request; without `times` it goes wrong always. Kinds:
  status        "status" and "headers" instead of an answer
  endless-status  the same with a body without an end
  cut           half of the body, then the connection ends
  stand         half of the body, then nothing more
  drip          a byte now and then
  long, short   a Content-Length one more or one less than the body, and the body with it
  flip          a bit of the body is another
  endless       a body without an end
  no-range      the whole file, whatever part is asked for
  tag           another entity tag
  to            a redirect to "location"
  paths         "paths" are added to the listing, with "size" bytes each
  page          "location" is named as the next page of the listing
"""

import hashlib
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

ROOT = Path(sys.argv[1])
LFS_FROM = 2_000
PAGE = 3
LOCK = threading.Lock()
USED = {}


def git_id(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class Repository:
    """A repository as the hub knows it: its commit follows from its files."""

    def __init__(self, root, kind, name):
        self.folder = root / kind / name
        self.exists = self.folder.is_dir() and ".." not in name
        self.files = {}
        if self.exists:
            for path in sorted(self.folder.rglob("*")):
                if path.is_file():
                    self.files[str(path.relative_to(self.folder))] = path.read_bytes()
        state = json.dumps({name: git_id(data) for name, data in self.files.items()}, sort_keys=True)
        self.commit = hashlib.sha1(state.encode()).hexdigest()

    def revision(self, name):
        return name in ("main", "v1.0", "refs/convert/parquet", self.commit)

    def listing(self, folder, is_recursive):
        """The files and folders below a folder."""
        prefix = folder + "/" if folder else ""
        entries = {}
        for name in sorted(self.files):
            if not name.startswith(prefix):
                continue
            parts = name.removeprefix(prefix).split("/")
            for depth in range(1, len(parts) if is_recursive else min(2, len(parts))):
                path = prefix + "/".join(parts[:depth])
                entries[path] = {"type": "directory", "oid": "1" * 40, "size": 0, "path": path}
            if is_recursive or len(parts) == 1:
                entries[name] = self.entry(name)
        return list(entries.values())

    def entry(self, name):
        data = self.files[name]
        entry = {"type": "file", "oid": git_id(data), "size": len(data), "path": name}
        if len(data) >= LFS_FROM:
            pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:..."
            entry |= {
                "oid": git_id(pointer),
                "lfs": {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": len(pointer)},
            }
        return entry


class Hub(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        try:
            self.answer()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_HEAD = do_GET

    def do_POST(self):
        """Facts about some paths, which the Python libraries ask for."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        asked = json.loads(body)["paths"] if body.startswith("{") else parse_qs(body).get("paths", [])
        parts = self.parts()
        at = parts.index("paths-info")
        self.rule = {}
        repository = Repository(self.root, parts[1], "/".join(parts[2:at]))
        found = [entry for entry in repository.listing("", True) if entry["path"] in asked]
        self.send(200, json.dumps(found).encode(), {"Content-Type": "application/json"})

    def behavior(self):
        file = self.root / "behavior.json"
        rules = json.loads(file.read_text()) if file.exists() else {}
        for part, rule in rules.items():
            if part not in self.path:
                continue
            with LOCK:
                key = json.dumps([str(self.root), part, rule], sort_keys=True)
                USED[key] = USED.get(key, 0) + 1
                if USED[key] <= rule.get("times", 1 << 30):
                    return rule
        return {}

    def parts(self):
        """The parts of the path below the hub's address."""
        parts = [unquote(part) for part in urlsplit(self.path).path.strip("/").split("/")]
        self.root, self.base = ROOT, ""
        if parts[0].startswith("hub-"):
            self.root, self.base = ROOT / parts[0], "/" + parts[0]
            parts = parts[1:]
        return parts

    def answer(self):
        parts = self.parts()
        entry = {
            "method": self.command,
            "path": self.path,
            "host": self.headers.get("Host"),
            "authorization": self.headers.get("Authorization"),
            "range": self.headers.get("Range"),
        }
        with LOCK, open(self.root / "log.jsonl", "a") as log:
            log.write(json.dumps(entry) + "\n")
        self.rule = self.behavior()
        kind = self.rule.get("kind")
        if kind in ("status", "endless-status"):
            return self.send(self.rule["status"], b"no", self.rule.get("headers", {}))
        if kind == "to":
            return self.send(302, b"", {"Location": self.rule["location"]})
        if parts[0] == "api":
            return self.api(parts[1], parts[2:])
        if parts[0] == "cdn":
            return self.blob(parts[1:])
        kind = "models"
        if parts[0] == "datasets":
            kind, parts = "datasets", parts[1:]
        if "resolve" in parts:
            at = parts.index("resolve")
            return self.resolve(kind, "/".join(parts[:at]), parts[at + 1], "/".join(parts[at + 2 :]))
        self.send(404, b"no", {"X-Error-Code": "EntryNotFound"})

    def missing(self, code):
        self.send(404, b"no", {"X-Error-Code": code})

    def api(self, kind, parts):
        mark = next((word for word in ("revision", "tree") if word in parts), None)
        if mark is None:
            name, mark, rest = "/".join(parts), "revision", ["main"]
        else:
            at = parts.index(mark)
            name, rest = "/".join(parts[:at]), parts[at + 1 :]
        repository = Repository(self.root, kind, name)
        if not repository.exists:
            return self.send(401, b"no", {"X-Error-Code": "RepoNotFound"})
        if not repository.revision(rest[0]):
            return self.missing("RevisionNotFound")
        names = sorted(repository.files)
        if mark == "revision":
            siblings = [{"rfilename": name} for name in names]
            facts = {"id": name, "modelId": name, "sha": repository.commit, "siblings": siblings, "tags": []}
            facts |= {"downloads": 0, "likes": 0, "private": False}
            return self.send(200, json.dumps(facts).encode(), {"Content-Type": "application/json"})
        query = parse_qs(urlsplit(self.path).query)
        cursor = int(query.get("cursor", ["0"])[0])
        entries = repository.listing("/".join(rest[1:]), query.get("recursive", [""])[0].lower() == "true")
        if not entries:
            return self.missing("EntryNotFound")
        count = len(entries)
        entries = entries[cursor : cursor + PAGE]
        if self.rule.get("kind") == "paths":
            size = self.rule.get("size", 1)
            entries += [{"type": "file", "oid": "0" * 40, "size": size, "path": path} for path in self.rule["paths"]]
        headers = {"Content-Type": "application/json"}
        link = f"{urlsplit(self.path).path}?recursive=true&cursor={cursor + PAGE}"
        if self.rule.get("kind") == "page":
            headers["Link"] = f'<{self.rule["location"]}>; rel="next"'
        elif cursor + PAGE < count:
            headers["Link"] = f'<http://{self.headers["Host"]}{link}>; rel="next"'
        self.send(200, json.dumps(entries).encode(), headers)

    def resolve(self, kind, name, revision, path):
        repository = Repository(self.root, kind, name)
        if not repository.exists:
            return self.send(401, b"no", {"X-Error-Code": "RepoNotFound"})
        if not repository.revision(revision):
            return self.missing("RevisionNotFound")
        if path not in repository.files:
            return self.send(404, b"no", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": repository.commit})
        data = repository.files[path]
        headers = {"X-Repo-Commit": repository.commit}
        if len(data) < LFS_FROM:
            tag = "f" * 40 if self.rule.get("kind") == "tag" else git_id(data)
            return self.body(data, headers | {"ETag": f'"{tag}"'})
        digest = "e" * 64 if self.rule.get("kind") == "tag" else hashlib.sha256(data).hexdigest()
        headers |= {"X-Linked-Etag": f'"{digest}"', "X-Linked-Size": str(len(data))}
        # Large files are on another host: this machine by another name.
        port = self.server.server_address[1]
        headers["Location"] = f"http://localhost:{port}{self.base}/cdn/{kind}/{quote(name)}/{quote(path)}"
        self.send(302, b"", headers)

    def blob(self, parts):
        repository = Repository(self.root, parts[0], "/".join(parts[1:3]))
        self.body(repository.files["/".join(parts[3:])], {"ETag": '"a-tag-of-another-host"'})

    def body(self, data, headers):
        kind = self.rule.get("kind")
        status = 200
        asked = self.headers.get("Range")
        start = 0
        if asked and kind != "no-range":
            start = int(asked.removeprefix("bytes=").split("-")[0])
            if start >= len(data):
                return self.send(416, b"", {"Content-Range": f"bytes */{len(data)}"})
            status = 206
            headers = headers | {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"}
        if kind == "flip":
            data = bytes([data[0] ^ 1]) + data[1:]
        self.send(status, data[start:], headers)

    def send(self, status, data, headers):
        kind = self.rule.get("kind")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if kind == "long":
            data += b"!"
        if kind == "short":
            data = data[:-1]
        if "endless" in (kind or ""):
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if "endless" in (kind or ""):
            while True:
                self.wfile.write(b"x" * 65_536)
        for byte in data if kind == "drip" else b"":
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            threading.Event().wait(0.1)
        if kind in ("cut", "stand"):
            self.wfile.write(data[: len(data) // 2])
            self.wfile.flush()
            if kind == "stand":
                threading.Event().wait(60)
            self.close_connection = True
            return
        if kind != "drip":
            self.wfile.write(data)


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (ROOT / "port.new").write_text(str(server.server_address[1]))
    (ROOT / "port.new").rename(ROOT / "port")
    sys.stdin.read()


main()
