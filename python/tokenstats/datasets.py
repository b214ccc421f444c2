"""For Hugging Face datasets: a function for `map`.

ds.with_format("arrow").map(tokenstats.datasets.lengths(model, "messages"), batched=True)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._model import Model, OnError


def lengths(model: Model, column: str, *, into: str = "tokens", errors: OnError = "raise") -> Callable[[Any], Any]:
    """A function for `map` with the format "arrow" and `batched=True`, which adds a column of token counts.

    Args:
        model: The model that counts.
        column: The column of texts or conversations.
        into: The name of the new column, int32.
        errors: "raise", or "null" for null where a row cannot be counted.
    """
    return _Lengths(model, column, into, errors)


class _Lengths:
    """A value that pickles, so that `map` recognizes it (its fingerprint) and sends it to its processes."""

    def __init__(self, model: Model, column: str, into: str, errors: OnError) -> None:
        self.model, self.column, self.into, self.errors = model, column, into, errors

    def __call__(self, table: Any) -> Any:
        import pyarrow

        if self.into in table.column_names:
            raise ValueError(f"there is a column {self.into} already: name another with into=")
        column = table[self.column]
        counts = count_column(self.model, column, self.errors)
        return table.append_column(self.into, pyarrow.array(counts))


def count_column(model: Model, column: Any, errors: OnError = "raise", threads: int | None = None) -> Any:
    """The tokens of a pyarrow column: of texts as they are, of everything else as conversations."""
    import pyarrow

    kind = column.type
    while pyarrow.types.is_dictionary(kind) or pyarrow.types.is_run_end_encoded(kind):
        kind = kind.value_type
    texts = (
        pyarrow.types.is_string(kind)
        or pyarrow.types.is_large_string(kind)
        or pyarrow.types.is_string_view(kind)
        or pyarrow.types.is_binary(kind)
        or pyarrow.types.is_large_binary(kind)
        or pyarrow.types.is_binary_view(kind)
        or pyarrow.types.is_null(kind)
    )
    if texts:
        return model.count(column, errors=errors, threads=threads)
    return model.count_chats(column, errors=errors, threads=threads)
