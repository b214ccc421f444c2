"""For Polars: importing this module adds the namespace `tokenstats` to expressions and series.

import tokenstats.polars
df.with_columns(pl.col("text").tokenstats.count("qwen-3-32b"))
"""

from __future__ import annotations

from typing import Any

import polars

from ._model import Model, OnError, model

_KINDS = ("system", "user", "assistant", "thinking", "tool", "other", "overhead")


def _opened(name: str | Model) -> Model:
    return name if isinstance(name, Model) else model(name)


@polars.api.register_series_namespace("tokenstats")
class SeriesNamespace:
    """Counts of a series."""

    def __init__(self, series: polars.Series) -> None:
        self._series = series

    def count(self, name: str | Model, *, errors: OnError = "raise") -> polars.Series:
        """The tokens of texts as they are, Int32."""
        counts = _opened(name).count(self._series, errors=errors)
        return polars.Series(values=counts).rename(self._series.name)

    def count_chats(self, name: str | Model, *, by_kind: bool = False, errors: OnError = "raise") -> polars.Series:
        """The tokens of conversations, Int32 or a struct of them."""
        counts = _opened(name).count_chats(self._series, by_kind=by_kind, errors=errors)
        return polars.Series(values=counts).rename(self._series.name)


@polars.api.register_expr_namespace("tokenstats")
class ExpressionNamespace:
    """Counts of an expression."""

    def __init__(self, expression: polars.Expr) -> None:
        self._expression = expression

    def count(self, name: str | Model, *, errors: OnError = "raise") -> polars.Expr:
        """The tokens of texts as they are, Int32."""
        return self._map(lambda series: SeriesNamespace(series).count(name, errors=errors), polars.Int32)

    def count_chats(self, name: str | Model, *, by_kind: bool = False, errors: OnError = "raise") -> polars.Expr:
        """The tokens of conversations, Int32 or a struct of them."""
        kind = polars.Struct(dict.fromkeys(_KINDS, polars.Int32)) if by_kind else polars.Int32
        return self._map(lambda series: SeriesNamespace(series).count_chats(name, by_kind=by_kind, errors=errors), kind)

    def _map(self, function: Any, kind: Any) -> polars.Expr:
        return self._expression.map_batches(function, return_dtype=kind)
