"""Exact statistics of lengths, as the program writes them."""

from __future__ import annotations

import html
import json
import operator
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from . import _core
from ._errors import StatisticsError
from ._program import run

DEFAULT_LIMITS = (2048, 4096, 8192)
NAME = "statistics.json"


class Lost(NamedTuple):
    """What a limit of the length cuts off."""

    #: Conversations that are longer.
    rows: int
    #: Tokens beyond the limit.
    tokens: int
    #: All conversations.
    of: int


class Picture:
    """A picture, which a notebook shows and `save` stores."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.data = data

    def __repr__(self) -> str:
        return f"Picture({self.name!r}, {len(self.data)} bytes)"

    def _repr_svg_(self) -> str | None:
        return self.data.decode() if self.name.endswith(".svg") else None

    def _repr_png_(self) -> bytes | None:
        return self.data if self.name.endswith(".png") else None

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the picture to a file."""
        Path(path).write_bytes(self.data)


class Statistics:
    """Exact distributions of lengths, of any number of datasets, and the document that the program writes of them.

    Values do not change: merging makes new ones. Pickling is small: kilobytes for millions of rows.
    """

    def __init__(self, document: str, exact: Mapping[str, str]) -> None:
        self._document = document
        self._exact = dict(exact)

    # Making

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Statistics:
        """Reads a statistics file that the program or `save` wrote, with the exact results beside it (`.partials`).

        Raises:
            StatisticsError: It is no statistics file.
        """
        try:
            document = Path(path).read_text(encoding="utf-8")
            names = json.loads(document)["datasets"].keys()
        except (ValueError, KeyError, TypeError, AttributeError) as reason:
            raise StatisticsError(f"{os.fspath(path)} is no statistics file: {reason!r}") from None
        exact = {}
        for name in names:
            part = Path(f"{os.fspath(path)}.partials") / f"{name}.json"
            if part.is_file():
                exact[name] = part.read_text(encoding="utf-8")
        return cls(document, exact)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the document and the exact results beside it, as the program reads them."""
        folder = Path(f"{os.fspath(path)}.partials")
        if self._exact:
            folder.mkdir(parents=True, exist_ok=True)
        for name, text in self._exact.items():
            (folder / f"{name}.json").write_text(text, encoding="utf-8")
        Path(path).write_text(self._document, encoding="utf-8")

    @classmethod
    def _of_lengths(
        cls, model: _core.Model, lengths: object, groups: object, name: str, limits: Sequence[int]
    ) -> Statistics:
        made = _core.Statistics.of_lengths(model, name, lengths, groups)
        return cls._of_core(made, limits or DEFAULT_LIMITS)

    @classmethod
    def _of_core(cls, made: _core.Statistics, limits: Sequence[int]) -> Statistics:
        exact = made.exact()
        return cls(made.document(limits), {str(json.loads(exact)["dataset"]): exact})

    # What is in it

    @property
    def document(self) -> dict[str, Any]:
        """The statistics document, as `to_json` writes it."""
        return dict(json.loads(self._document))

    def to_json(self) -> str:
        """The statistics document as JSON, the same bytes as the program's."""
        return self._document

    @property
    def datasets(self) -> list[str]:
        """The names of the datasets, sorted."""
        return sorted(self.document["datasets"])

    @property
    def conversations(self) -> int:
        """The rows of all datasets; filtered copies of others count too."""
        return sum(entry["total_conversations"] for entry in self.document["datasets"].values())

    @property
    def tokens(self) -> int:
        """The tokens of all datasets; filtered copies of others count too."""
        return sum(entry["total_tokens"] for entry in self.document["datasets"].values())

    @property
    def failed(self) -> list[str]:
        """What could not be counted, in sentences."""
        return list(self.document.get("errors", []))

    def lengths(self, dataset: str | None = None) -> dict[int, int]:
        """How many rows have which length, ascending, of one dataset or of all.

        Raises:
            StatisticsError: There is no such dataset, or no exact lengths of it.
        """
        sums: dict[int, int] = {}
        for part in self._distributions(dataset):
            for length, count in zip(part["lengths"], part["counts"], strict=True):
                sums[length] = sums.get(length, 0) + count
        return dict(sorted(sums.items()))

    def _distributions(self, dataset: str | None) -> Iterator[dict[str, Any]]:
        for name in self.datasets if dataset is None else [dataset]:
            if name not in self._exact:
                known = ", ".join(sorted(self._exact))
                raise StatisticsError(f"there are no exact lengths of {name!r}; there are those of {known}")
            for labels in json.loads(self._exact[name])["scores"].values():
                yield from labels.values()

    def percentile(self, percent: float, dataset: str | None = None) -> int | None:
        """The nearest-rank percentile: the smallest length that `percent` % of the rows do not exceed.

        None without rows.
        """
        lengths = self.lengths(dataset)
        count = sum(lengths.values())
        if not lengths or percent <= 0:
            return next(iter(lengths), None)
        if percent >= 100:
            return list(lengths)[-1]
        rank = max(1, (count * _thousandths(percent) + 99_999) // 100_000)
        seen = 0
        for length, rows in lengths.items():
            seen += rows
            if seen >= rank:
                return length
        return None

    def lost(self, max_length: int, dataset: str | None = None) -> Lost:
        """What a limit of the length in tokens would cut off."""
        lengths = self.lengths(dataset)
        max_length = operator.index(max_length)
        longer = {length: rows for length, rows in lengths.items() if length > max_length}
        return Lost(
            sum(longer.values()),
            sum((length - max_length) * rows for length, rows in longer.items()),
            sum(lengths.values()),
        )

    # Together

    def merge(self, *others: Statistics) -> Statistics:
        """Adds statistics up, exactly.

        Datasets that come from files are known by their files: what is in both counts once, contradictions are refused.
        Statistics of lengths in memory (`Model.statistics`) of the same name are further rows.

        Raises:
            StatisticsError: Something contradicts.
            ProgramError: The program `tokenstats merge` refuses, with its words.
        """
        return merged([self, *others])

    def __or__(self, other: Statistics) -> Statistics:
        return self.merge(other) if isinstance(other, Statistics) else NotImplemented

    @property
    def _tells(self) -> bool:
        document = self.document
        return bool(document["datasets"] or document.get("parts") or document["metadata"].get("shares"))

    def _without(self, names: set[str]) -> Statistics:
        if not names:
            return self
        document = self.document
        for name in names:
            del document["datasets"][name]
        return Statistics(json.dumps(document), {name: text for name, text in self._exact.items() if name not in names})

    def diff(self, new: Statistics) -> dict[str, Any]:
        """What is different in `new`, as `tokenstats diff --json` tells it."""
        with self._stored() as (folder, old), new._stored() as (_, path):
            return dict(json.loads(run(["diff", old, path, "--json"], cwd=folder)))

    def packing(self, max_length: int | Sequence[int], **options: object) -> list[dict[str, Any]]:
        """How many sequences packing makes and how full they are, as `tokenstats pack --json` tells it.

        Args:
            max_length: The length of a sequence in tokens, or several.
            options: Further options of the command: `batch=64`.
        """
        lengths = list(max_length) if isinstance(max_length, Iterable) else [operator.index(max_length)]
        arguments = ["--max-length", ",".join(map(str, lengths)), "--json"]
        for name, value in options.items():
            arguments += [f"--{name.replace('_', '-')}", str(value)]
        with self._stored() as (folder, path):
            return list(json.loads(run(["pack", path, *arguments], cwd=folder)))

    # Showing

    def plot(self, dataset: str | None = None, *, format: str = "svg") -> Picture:
        """The picture of a dataset, as `tokenstats plot` draws it.

        Args:
            dataset: The dataset; None for the only one, or the largest.
            format: "svg" or "png".

        Raises:
            StatisticsError: There is no such dataset.
        """
        entries = self.document["datasets"]
        if dataset is None:
            dataset = max(entries, key=lambda name: (entries[name]["total_conversations"], name), default=None)
        if dataset is None or dataset not in self._exact:
            raise StatisticsError(f"there is nothing to draw of {dataset!r}")
        with self._stored() as (folder, path):
            plots: list[str | os.PathLike[str]] = [
                "--output-plots",
                folder / "plots",
                "--plot-format",
                format,
                "--no-overviews",
            ]
            run(["plot", path, *plots], cwd=folder)
            # Several pages have the name and more; names may hold what a pattern reads as such.
            files = [file for file in (folder / "plots").iterdir() if file.name.startswith(dataset)]
            if not files:
                raise StatisticsError(f"there is nothing to draw of {dataset!r}")
            first = min(files, key=lambda file: (len(file.name), file.name))
            return Picture(first.name, first.read_bytes())

    def to_arrow(self) -> Any:
        """The exact distributions as a pyarrow table of dataset, column, value, length, rows.

        `column` is null for all rows of a dataset together.

        Raises:
            ImportError: pyarrow is not installed.
        """
        import pyarrow

        table: dict[str, list[Any]] = {"dataset": [], "column": [], "value": [], "length": [], "rows": []}

        def add(dataset: str, column: str | None, value: str | None, lengths: Mapping[int, int]) -> None:
            for length, count in lengths.items():
                for name, item in zip(table, (dataset, column, value, length, count), strict=True):
                    table[name].append(item)

        for name in sorted(self._exact):
            add(name, None, None, self.lengths(name))
            for column, values in json.loads(self._exact[name])["groups"].items():
                for value, part in values.items():
                    add(name, column, value, dict(zip(part["lengths"], part["counts"], strict=True)))
        types = [pyarrow.string()] * 3 + [pyarrow.int64()] * 2
        return pyarrow.table(
            [pyarrow.array(column, kind) for column, kind in zip(table.values(), types, strict=True)], names=list(table)
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Statistics) and self._comparable() == other._comparable()

    __hash__ = None  # type: ignore[assignment]

    def _comparable(self) -> tuple[Any, ...]:
        document = self.document
        # When and where it was counted is no result.
        document["metadata"] = {
            key: value
            for key, value in document["metadata"].items()
            if key not in ("timestamp", "git_sha", "tool", "shares")
        }
        return (document, {name: json.loads(text)["scores"] for name, text in self._exact.items()})

    def __repr__(self) -> str:
        return f"Statistics({len(self.datasets)} datasets, {self.conversations:,} rows, {self.tokens:,} tokens)"

    def _repr_html_(self) -> str:
        """A table of the datasets, and the picture of the largest."""
        rows = []
        for name, entry in sorted(self.document["datasets"].items()):
            length = entry.get("length") or {}
            numbers = [entry["total_conversations"], entry["total_tokens"]]
            numbers += [length.get(key) for key in ("p50", "p90", "p99", "max")]
            cells = "".join(f"<td style='text-align:right'>{'' if n is None else f'{n:,}'}</td>" for n in numbers)
            rows.append(f"<tr><td>{html.escape(name)}</td>{cells}</tr>")
        heads = "".join(f"<th>{head}</th>" for head in ("dataset", "rows", "tokens", "p50", "p90", "p99", "max"))
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
        picture = (self.plot()._repr_svg_() or "") if self._exact and self.conversations else ""
        # Without the line that only files have, and no wider than the page.
        picture = picture[picture.find("<svg") :].replace("<svg", "<svg style='max-width:100%;height:auto'", 1)
        return f"<div>{table}{picture}</div>"

    @contextmanager
    def _stored(self) -> Iterator[tuple[Path, Path]]:
        with folder_of_one_call() as folder:
            path = folder / NAME
            self.save(path)
            yield folder, path


def merged(parts: Sequence[Statistics]) -> Statistics:
    """Adds statistics up, as `Statistics.merge` says.

    Raises:
        ValueError: There are none.
    """
    if not parts:
        raise ValueError("no statistics to merge")
    for part in parts:
        if not isinstance(part, Statistics):
            raise TypeError(f"statistics are expected; {type(part).__name__} is there")
    limits = parts[0].document["metadata"].get("limits") or DEFAULT_LIMITS
    sums: dict[str, _core.Statistics] = {}
    rest: list[Statistics] = []
    for part in parts:
        own: set[str] = set()
        for name, text in part._exact.items():
            if json.loads(text)["source"]["format"] != "memory":
                continue
            own.add(name)
            if name in sums:
                sums[name].merge(_core.Statistics.read(text))
            else:
                sums[name] = _core.Statistics.read(text)
        rest.append(part._without(own))
    # A share may have been given nothing, which is a result, too.
    rest = [part for part in rest if part._tells] or rest[:1]
    together = [Statistics._of_core(made, limits) for _, made in sorted(sums.items())]
    if not together or rest[0]._tells:
        together += rest
    if len(together) == 1:
        return together[0]
    with folder_of_one_call() as folder:
        paths = []
        for number, part in enumerate(together):
            paths.append(folder / f"{number}" / NAME)
            paths[-1].parent.mkdir()
            part.save(paths[-1])
        # Status 3: parts of a dataset are still missing.
        run(["merge", *paths, "--output", folder / NAME], allowed=(0, 3), cwd=folder)
        return Statistics.load(folder / NAME)


def _thousandths(percent: float) -> int:
    # As the engine rounds: halves away from zero.
    return int(percent * 1000 + 0.5)


@contextmanager
def folder_of_one_call() -> Iterator[Path]:
    """A folder that is there until the call ends."""
    folder = Path(tempfile.mkdtemp(prefix="tokenstats-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
