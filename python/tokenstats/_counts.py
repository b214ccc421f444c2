"""Columns of results."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any, Self, SupportsIndex

from . import _core


class Column:
    """Rows of results: Python's objects one by one, and an Arrow array for every library that reads those.

    `pyarrow.array(column)`, `polars.Series(column)` and `numpy.asarray(column)` take it without copying numbers. A row
    that was null is null.
    """

    __slots__ = ("_array",)

    def __init__(self, array: _core.Array) -> None:
        self._array = array

    def __len__(self) -> int:
        return len(self._array)

    def __getitem__(self, row: SupportsIndex | slice) -> Any:
        if isinstance(row, slice):
            return [self._array[index] for index in range(*row.indices(len(self)))]
        place = operator.index(row)
        if not -len(self) <= place < len(self):
            raise IndexError(f"row {place} of {len(self)}")
        return self._array[place % len(self)]

    def __iter__(self) -> Iterator[Any]:
        return (self._array[row] for row in range(len(self)))

    def __eq__(self, other: object) -> bool:
        # Others, such as a series of pandas, compare row by row.
        return list(self) == list(other) if isinstance(other, Column | list | tuple) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shown = ", ".join(repr(self._array[row]) for row in range(min(8, len(self))))
        return f"{type(self).__name__}([{shown}{', ...' if len(self) > 8 else ''}], rows={len(self)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restored, (type(self), self._array.parts()))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    @property
    def null_count(self) -> int:
        """The number of rows that are null."""
        return self._array.null_count

    def to_list(self) -> list[Any]:
        """The rows as a list, None for null."""
        return list(self)

    def __arrow_c_schema__(self) -> object:
        return self._array.__arrow_c_schema__()

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        return self._array.__arrow_c_array__(requested_schema)


class Counts(Column):
    """The number of tokens of each row, as int32, or a struct of them by kind.

    `numpy.asarray(counts)` is int32, or float64 with NaN where rows are null.
    """

    __slots__ = ()

    def sum(self) -> int:
        """The tokens of all rows; nulls have none."""
        if self._array.format == "i":
            return sum(memoryview(self._array))
        return sum(sum(row.values()) for row in self if row is not None)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        import numpy

        if self._array.format != "i":
            values = numpy.empty(len(self), dtype=object)
            values[:] = list(self)
        else:
            shared = values = numpy.frombuffer(memoryview(self._array), dtype=numpy.int32)
            if self.null_count:
                values = values.astype(numpy.float64)
                values[[row is None for row in self]] = numpy.nan
            if dtype is not None:
                values = values.astype(dtype, copy=False)
            # numpy takes what is not shared for a copy, which may be written to.
            if copy and values is shared:
                return values.copy()
            if copy is False and values is not shared:
                raise ValueError("rows that are null, or of another type, need a copy")
            return values
        return values if dtype is None else values.astype(dtype)


def _restored(kind: type[Column], parts: tuple[Any, ...]) -> Column:
    return kind(_core.array(parts))
