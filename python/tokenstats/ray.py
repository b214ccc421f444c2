"""For Ray. The package must be installed on the workers (or named in `runtime_env`); models travel along.

tokenstats.ray.analyze("data/*.parquet", "qwen-3-32b", group_by=["label"])
tokenstats.ray.with_lengths(ds, "qwen-3-32b", messages="messages")
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from ._analyze import analyze_share, seen_everywhere
from ._model import Model, OnError
from ._parcel import Parcel
from .statistics import Statistics, merged

#: Shares for each core: enough that a slow one does not hold up the others for long.
SHARES_PER_CORE = 4
#: How often a share is done again whose worker died.
RETRIES = 5


def analyze(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    model: Model | str,
    *,
    group_by: str | Sequence[str] = (),
    limits: Sequence[int] = (),
    text_column: str | None = None,
    shares: int | None = None,
    options: Sequence[str] = (),
) -> Statistics:
    """Counts the conversations or texts of files, which the workers read themselves; only statistics come back.

    Arguments and result are those of `tokenstats.spark.analyze` without the session. Where Ray is not initialized, it
    starts on this machine.
    """
    import ray

    if not ray.is_initialized():
        ray.init()
    files = seen_everywhere(paths)
    parcel = ray.put(Parcel.of(model))
    count = shares or max(1, int(ray.cluster_resources().get("CPU", 1)) * SHARES_PER_CORE)

    @ray.remote(num_cpus=1, max_retries=RETRIES)  # type: ignore[untyped-decorator, unused-ignore]
    def work(sent: Parcel, number: int) -> Statistics:
        return analyze_share(
            files, sent.model(), number, count, group_by=group_by, limits=limits, text_column=text_column,
            options=options,
        )  # fmt: skip

    return merged(ray.get([work.remote(parcel, number) for number in range(1, count + 1)]))


def with_lengths(
    ds: Any,
    model: Model | str,
    *,
    text: str | None = None,
    messages: str | None = None,
    into: str = "tokens",
    errors: OnError = "raise",
) -> Any:
    """A dataset with a column of token counts, int32.

    Arguments are those of `tokenstats.spark.with_lengths`.

    Raises:
        ValueError: Neither column is named, or both are.
    """
    import ray

    if (text is None) == (messages is None):
        raise ValueError("name the column of texts or the column of messages")
    column = text or messages
    parcel = ray.put(Parcel.of(model))

    def count(table: Any) -> Any:
        import pyarrow

        if into in table.column_names:
            raise ValueError(f"there is a column {into} already: name another with into=")
        opened = ray.get(parcel).model()
        function = opened.count if messages is None else opened.count_chats
        counts = function(table[column], errors=errors, threads=1)
        return table.append_column(into, pyarrow.array(counts))

    return ds.map_batches(count, batch_format="pyarrow")
