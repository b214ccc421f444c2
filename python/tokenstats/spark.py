"""For Spark, 3.5 and later. The package must be installed on the executors; models travel along.

tokenstats.spark.analyze(spark, "s3/data/*.parquet", "qwen-3-32b", group_by=["label"])
tokenstats.spark.with_lengths(df, "qwen-3-32b", messages="messages")
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

from ._analyze import analyze_share, seen_everywhere
from ._model import Model, OnError
from ._parcel import Parcel
from .statistics import Statistics, merged

#: Shares for each core: enough that a slow one does not hold up the others for long.
SHARES_PER_CORE = 4


def analyze(
    spark: Any,
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    model: Model | str,
    *,
    group_by: str | Sequence[str] = (),
    limits: Sequence[int] = (),
    text_column: str | None = None,
    shares: int | None = None,
    options: Sequence[str] = (),
) -> Statistics:
    """Counts the conversations or texts of files, whose rows never pass through Spark.

    The work is divided into shares of some row groups. An executor reads the files of its share itself, so all must
    see them under these paths; only statistics come back. A share whose executor dies is done again, and none counts
    twice.

    Args:
        spark: The session.
        paths: Files or folders that all executors see.
        model: A model, or its name or path on the driver.
        group_by: Columns that rows are grouped by.
        limits: Lengths in tokens for which the document says what they would cut off.
        text_column: The column of texts that are counted as they are; None where there are conversations.
        shares: How many shares; None for four of each core.
        options: Further options of `tokenstats analyze`.

    Returns:
        The same as `tokenstats.analyze(paths, model=model, ...)`.
    """
    context = spark.sparkContext
    files = seen_everywhere(paths)
    parcel = context.broadcast(Parcel.of(model))
    count = shares or max(1, context.defaultParallelism * SHARES_PER_CORE)

    def work(number: int) -> Statistics:
        return analyze_share(
            files, parcel.value.model(), number, count, group_by=group_by, limits=limits, text_column=text_column,
            options=options,
        )  # fmt: skip

    try:
        return merged(context.parallelize(range(1, count + 1), count).map(work).collect())
    finally:
        parcel.unpersist()


def with_lengths(
    df: Any,
    model: Model | str,
    *,
    text: str | None = None,
    messages: str | None = None,
    into: str = "tokens",
    errors: OnError = "raise",
) -> Any:
    """A data frame with a column of token counts, of Spark's type int.

    Args:
        df: The data frame.
        model: A model, or its name or path on the driver.
        text: The column of texts that are counted as they are.
        messages: The column of conversations, an array of structs of role, content and more, or JSON; this or
            `text`.
        into: The name of the new column.
        errors: "raise", or "null" for null where a row cannot be counted.

    Raises:
        ValueError: Neither column is named, or both are; or there is a column `into`.
    """
    from pyspark.sql.types import IntegerType, StructField, StructType

    if (text is None) == (messages is None):
        raise ValueError("name the column of texts or the column of messages")
    column = text or messages
    if into in df.columns:
        raise ValueError(f"there is a column {into} already: name another with into=")
    parcel = df.sparkSession.sparkContext.broadcast(Parcel.of(model))

    def count(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow

        opened = parcel.value.model()
        for batch in batches:
            function = opened.count if messages is None else opened.count_chats
            counts = pyarrow.array(function(batch.column(column), errors=errors, threads=1))
            yield pyarrow.RecordBatch.from_arrays([*batch.columns, counts], [*batch.schema.names, into])

    return df.mapInArrow(count, StructType([*df.schema.fields, StructField(into, IntegerType())]))
