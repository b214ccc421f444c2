"""Models: what counts, encodes and renders."""

from __future__ import annotations

import functools
import json
import multiprocessing
import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from . import _core
from ._counts import Column, Counts
from ._errors import Error, RowError
from ._progress import Progress, shown

if TYPE_CHECKING:
    from .statistics import Statistics

Message = dict[str, Any]
#: A conversation: its messages, or an object with `messages` beside `tools` and what else the template reads.
Conversation = Sequence[Message] | dict[str, Any]
#: What becomes of rows that cannot be counted.
OnError = Literal["raise", "null"]


def default_threads() -> int:
    """The threads of a call that names none.

    They are the processors of the affinity mask in a main process. A child of `fork`, of multiprocessing or of a daemon
    shares the machine with its siblings and takes one.
    """
    if multiprocessing.parent_process() is not None or os.getpid() != _MAIN:
        return 1
    return len(os.sched_getaffinity(0))


_MAIN = os.getpid()


class Model:
    """A model: a vocabulary and, where there is one, a chat template.

    It never changes, may be used by any number of threads at once and goes on working in a child of `fork`. Pickling it
    stores its name and the digest of its vocabulary: where it is unpickled, the same files must be there.

    Use `tokenstats.model`, which opens each model once.
    """

    def __init__(self, name: str, *, chat_template: str | None = None, vocabulary: str | None = None) -> None:
        self._options = (name, chat_template, vocabulary)
        self._core = _core.Model(name, chat_template, vocabulary)
        self._facts: dict[str, Any] = json.loads(self._core.describe())

    @property
    def name(self) -> str:
        """The name or path that the model was opened with."""
        return self._options[0]

    @property
    def hub_id(self) -> str:
        """The repository on the Hugging Face hub, or the path."""
        return str(self._facts["hub_id"])

    @property
    def vocabulary_size(self) -> int:
        """One more than the highest token."""
        return int(self._facts["vocabulary_size"])

    @property
    def vocabulary_path(self) -> str:
        """The file of the vocabulary."""
        return str(self._facts["vocabulary"])

    @property
    def digest(self) -> str:
        """The SHA-256 of the vocabulary's file, in hexadecimal."""
        return str(self._facts["tokenizer_sha256"])

    @property
    def has_chat_template(self) -> bool:
        """Whether conversations can be counted."""
        return bool(self._facts["has_chat_template"])

    def __repr__(self) -> str:
        return f"tokenstats.model({self.name!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple[str, str]:
        return (self.digest, str(self._facts["template_sha256"]))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_reopened, (*self._options, self.digest))

    # Texts

    @overload
    def count(self, texts: str) -> int: ...  # type: ignore[overload-overlap]
    @overload
    def count(
        self,
        texts: object,
        *,
        threads: int | None = None,
        errors: OnError = "raise",
        progress: Progress = None,
    ) -> Counts: ...
    def count(
        self,
        texts: Any,
        *,
        threads: int | None = None,
        errors: OnError = "raise",
        progress: Progress = None,
    ) -> int | Counts:
        """Counts tokens of texts as they are: no template, no token before or after them.

        Args:
            texts: A str, or rows: a list of str or None, a column of pandas, Polars, pyarrow, DuckDB or datasets, or
                anything else with `__arrow_c_array__` or `__arrow_c_stream__`.
            threads: Threads of the call; None for the processors of the affinity mask, 1 in child processes.
            errors: "raise", or "null" for null where a row has no tokens.
            progress: A function that is called with the rows done and all rows, a few times a second; None for a bar of
                tqdm where that is installed and the call takes more than two seconds, False for nothing.

        Returns:
            The number of tokens of a str, or int32 for each row, null where the row is.

        Raises:
            ColumnTypeError: The column holds no texts.
            RowError: A row has no tokens by the vocabulary.
        """
        if isinstance(texts, str):
            return self._core.count_text(texts)
        with shown(progress) as told:
            return Counts(self._core.count(rows(texts), *_run(threads, errors), told))

    @overload
    def encode(self, texts: str) -> list[int]: ...  # type: ignore[overload-overlap]
    @overload
    def encode(self, texts: object, *, threads: int | None = None, errors: OnError = "raise") -> Column: ...
    def encode(self, texts: Any, *, threads: int | None = None, errors: OnError = "raise") -> list[int] | Column:
        """Encodes texts as they are, or columns of conversations as the template renders them.

        Returns:
            The ids of a str as a list, or large_list<int32> for each row.

        Raises:
            ColumnTypeError: The column holds neither texts nor conversations.
            RowError: A row has no tokens by the vocabulary.
        """
        if isinstance(texts, str):
            return list(self._core.encode([texts], 1, 0, None)[0])
        return Column(self._core.encode(rows(texts), *_run(threads, errors), None))

    @overload
    def decode(self, ids: Sequence[int]) -> str: ...  # type: ignore[overload-overlap]
    @overload
    def decode(self, ids: object, *, threads: int | None = None) -> Column: ...
    def decode(self, ids: Any, *, threads: int | None = None) -> str | Column:
        """Decodes ids: a list of int as a str, a column of lists as a column of str.

        Bytes that are no UTF-8 become U+FFFD.

        Raises:
            ColumnTypeError: The column holds no lists of whole numbers.
            RowError: A number is none of a token.
        """
        if _has_arrow(ids):
            return Column(self._core.decode(ids, *_run(threads, "raise"), None))
        return str(self._core.decode(_IntList(ids), 1, 0, None)[0])

    # Conversations

    @overload
    def count_chats(self, chats: Sequence[Message] | dict[str, Any]) -> int: ...  # type: ignore[overload-overlap]
    @overload
    def count_chats(
        self,
        chats: object,
        *,
        by_kind: bool = False,
        threads: int | None = None,
        errors: OnError = "raise",
        progress: Progress = None,
    ) -> Counts: ...
    def count_chats(
        self,
        chats: Any,
        *,
        by_kind: bool = False,
        threads: int | None = None,
        errors: OnError = "raise",
        progress: Progress = None,
    ) -> int | Counts:
        """Counts tokens of conversations, as `apply_chat_template(messages, tokenize=True)` gives them.

        Args:
            chats: A list of conversations, each a list of messages or a dict with `messages` beside `tools` and what
                else the template reads; or a column of list<struct<role, content, ...>>, or a struct with `messages`.
                One conversation alone is a list of messages.
            by_kind: Whether to tell system, user, assistant, thinking, tool, other and overhead apart.
            threads: Threads of the call; None for the processors of the affinity mask, 1 in child processes.
            errors: "raise", or "null" for null where a row cannot be counted.
            progress: As for `count`.

        Returns:
            int32 for each row, or a struct of them; the int of one conversation.

        Raises:
            TemplateError: The model has no chat template, or it raised for the row `.row`.
            RowError: The messages of a row are missing or malformed.
            ColumnTypeError: The column holds no conversations.
        """
        if _is_conversation(chats):
            counts = self._core.count([_dumped(chats, 0)], 1, _core.JSON, None)
            return int(counts[0])
        threads, flags = _run(threads, errors)
        if by_kind:
            flags |= _core.BY_KIND
        if not _has_arrow(chats):
            chats, flags = _json_rows(chats), flags | _core.JSON
        with shown(progress) as told:
            return Counts(self._core.count(chats, threads, flags, told))

    @overload
    def render(self, chats: Sequence[Message] | dict[str, Any]) -> str: ...  # type: ignore[overload-overlap]
    @overload
    def render(self, chats: object, *, threads: int | None = None, errors: OnError = "raise") -> Column: ...
    def render(self, chats: Any, *, threads: int | None = None, errors: OnError = "raise") -> str | Column:
        """Renders conversations as `apply_chat_template(messages, tokenize=False)` does.

        Args and errors are those of `count_chats`.
        """
        if _is_conversation(chats):
            return str(self._core.render([_dumped(chats, 0)], 1, _core.JSON, None)[0])
        threads, flags = _run(threads, errors)
        if not _has_arrow(chats):
            chats, flags = _json_rows(chats), flags | _core.JSON
        return Column(self._core.render(chats, threads, flags, None))

    # Statistics

    def statistics(
        self, lengths: object, *, groups: object = None, name: str = "data", limits: Sequence[int] = ()
    ) -> Statistics:
        """Makes exact statistics of lengths that were counted.

        Args:
            lengths: Whole numbers, such as `count` returns; nulls are left out.
            groups: A table or struct array whose columns (text, whole numbers, truth values) rows are grouped by.
            name: What the rows are called; statistics of the same name and model add up.
            limits: Lengths in tokens for which the document says what they would cut off.

        Raises:
            ColumnTypeError: A column is of another type.
        """
        from .statistics import Statistics

        return Statistics._of_lengths(self._core, lengths, groups, name, limits)


def _run(threads: int | None, errors: str) -> tuple[int, int]:
    if errors not in ("raise", "null"):
        raise ValueError(f'errors is {errors!r}; "raise" or "null" is expected')
    if threads is not None and threads < 1:
        raise ValueError(f"threads is {threads}; 1 or more is expected")
    flags = _core.FAILED_ROWS_ARE_NULL if errors == "null" else 0
    return threads or default_threads(), flags


def _has_arrow(column: object) -> bool:
    return hasattr(column, "__arrow_c_array__") or hasattr(column, "__arrow_c_stream__")


def rows(column: Any) -> Any:
    """The rows of a column as the engine takes them: an Arrow column as it is, else a list of str, bytes and None."""
    if _has_arrow(column) or isinstance(column, list | tuple):
        return column
    values = column.tolist() if hasattr(column, "tolist") else list(column)
    # pandas has NaN and NA where a text is missing.
    return [value if isinstance(value, str | bytes) or not _is_missing(value) else None for value in values]


def _is_missing(value: Any) -> bool:
    return (
        value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)
    )


def _is_conversation(chats: Any) -> bool:
    if isinstance(chats, dict):
        return True
    return (
        isinstance(chats, list | tuple) and len(chats) > 0 and isinstance(chats[0], dict) and "messages" not in chats[0]
    )


def _json_rows(chats: Iterable[Any]) -> list[str | None]:
    values = chats.tolist() if hasattr(chats, "tolist") else chats
    return [None if _is_missing(chat) else _dumped(chat, row) for row, chat in enumerate(values)]


def _dumped(chat: Any, row: int) -> str:
    try:
        return json.dumps(chat, ensure_ascii=False, default=_plain)
    except (TypeError, ValueError) as reason:
        error = RowError(f"row {row}: {reason}")
        error.row = row
        raise error from None


def _plain(value: Any) -> Any:
    # Rows of pandas and numpy.
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a value of type {type(value).__name__} is none of JSON")


class _IntList:
    """One row of ids as an Arrow array, made without pyarrow."""

    def __init__(self, ids: Sequence[int]) -> None:
        self._ids = ids

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        return _core.lists([list(self._ids)]).__arrow_c_array__()


def _reopened(name: str, chat_template: str | None, vocabulary: str | None, digest: str) -> Model:
    opened = model(name, chat_template=chat_template, vocabulary=vocabulary)
    if opened.digest != digest:
        raise Error(f"{name}: the vocabulary here has the SHA-256 {opened.digest}, where the model comes from {digest}")
    return opened


@functools.cache
def _opened(name: str, chat_template: str | None, vocabulary: str | None) -> Model:
    return Model(name, chat_template=chat_template, vocabulary=vocabulary)


def model(name: str, *, chat_template: str | None = None, vocabulary: str | None = None) -> Model:
    """Opens a model; asking for it again gives the same one.

    Args:
        name: A short name (`qwen-3-32b`), the id of a repository whose files are in the hub's cache
            (`Qwen/Qwen3-32B`), a model's folder, or a tokenizer file. Nothing is fetched: see `tokenstats.fetch`.
        chat_template: A file with another chat template, Jinja or tokenizer_config.json.
        vocabulary: The vocabulary file of a model that is named, or the folder that holds it.

    Raises:
        UnknownModelError: No such model is known.
        VocabularyError: Its files are missing or damaged.
        TemplateError: Its chat template cannot be used.
    """
    return _opened(os.fspath(name), chat_template, vocabulary)
