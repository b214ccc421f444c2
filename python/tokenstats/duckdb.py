"""For DuckDB: a function `token_count(text, model)`.

tokenstats.duckdb.register(connection)
connection.sql("select avg(token_count(text, 'qwen-3-32b')) from 'texts.parquet'")
"""

from __future__ import annotations

from typing import Any

from ._model import model


def register(connection: Any, name: str = "token_count") -> None:
    """Adds the function `name(text, model)` to a connection: the tokens of a text as it is, null for null.

    The model is the same in all rows of a query's vector: a constant, or a column that is read group by group.
    """
    import duckdb
    import pyarrow

    def count(texts: Any, models: Any) -> Any:
        names = models.unique().to_pylist()
        if len(names) == 1 and names[0] is not None:
            return pyarrow.array(model(names[0]).count(texts))
        counts: list[int | None] = [
            None if text is None or name is None else model(name).count(text)
            for text, name in zip(texts.to_pylist(), models.to_pylist(), strict=True)
        ]
        return pyarrow.array(counts, pyarrow.int32())

    text, number = duckdb.type("VARCHAR"), duckdb.type("INTEGER")
    connection.create_function(name, count, [text, text], number, type="arrow")
