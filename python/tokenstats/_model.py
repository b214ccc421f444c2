"""Models: what counts, encodes and renders."""

from __future__ import annotations

import functools
import json
import multiprocessing
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from . import _core
from ._counts import Column, Counts
from ._errors import ColumnTypeError, Error, RowError
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
    stores its name and the digests of its vocabulary and its chat template: where it is unpickled, the same files must
    be there.

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
        return (_reopened, (*self._options, *self._identity))

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

        Columns of conversations (list<struct>, or a struct or table with `messages`) are counted as by `count_chats`.

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
            ColumnTypeError: The column, or a row of a list, holds no texts.
            RowError: A row has no tokens by the vocabulary, or is no Unicode.
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
        """Decodes ids: a list of int as a str, a column or list of lists as a column of str.

        Bytes that are no UTF-8 become U+FFFD.

        Raises:
            ColumnTypeError: The column holds no lists of whole numbers.
            RowError: A number is none of a token.
        """
        if _has_arrow(ids) and not _is_object(ids):
            return Column(self._core.decode(ids, *_run(threads, "raise"), None))
        values = list(_items(ids, "ids are expected: a list of int, or a column of lists"))
        if values and all(value is None or hasattr(value, "__len__") for value in values):
            return Column(self._core.decode(_core.lists(values), *_run(threads, "raise"), None))
        return str(self._core.decode(_core.lists([values]), 1, 0, None)[0])

    # Conversations

    @overload
    def count_chats(self, chats: Sequence[Message] | dict[str, Any]) -> int: ...  # type: ignore[overload-overlap]
    @overload
    def count_chats(  # type: ignore[overload-overlap]
        self, chats: Sequence[Message] | dict[str, Any], *, by_kind: Literal[True]
    ) -> dict[str, int]: ...
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
    ) -> int | dict[str, int] | Counts | None:
        """Counts tokens of conversations, as `apply_chat_template(messages, tokenize=True)` gives them.

        Args:
            chats: A list of conversations, each a list of messages or a dict with `messages` beside `tools` and what
                else the template reads; or a column of list<struct<role, content, ...>>, or a struct with `messages`.
                Rows that are str hold such a conversation as JSON. One conversation alone is a list of messages.
            by_kind: Whether to tell system, user, assistant, thinking, tool, other and overhead apart.
            threads: Threads of the call; None for the processors of the affinity mask, 1 in child processes.
            errors: "raise", or "null" for null where a row cannot be counted.
            progress: As for `count`.

        Returns:
            int32 for each row, or a struct of them; of one conversation the int, or a dict of them.

        Raises:
            TemplateError: The model has no chat template, or it raised for the row `.row`.
            RowError: The messages of a row are missing or malformed.
            ColumnTypeError: The column holds no conversations.
        """
        alone = _is_conversation(chats)
        threads, flags = _run(1 if alone else threads, errors)
        if by_kind:
            flags |= _core.BY_KIND
        values = _chat_rows([chats] if alone else chats, errors)
        with shown(progress) as told:
            counts = Counts(self._core.count(values, threads, flags | _core.JSON, told))
        return counts[0] if alone else counts

    @overload
    def render(self, chats: Sequence[Message] | dict[str, Any]) -> str: ...  # type: ignore[overload-overlap]
    @overload
    def render(self, chats: object, *, threads: int | None = None, errors: OnError = "raise") -> Column: ...
    def render(self, chats: Any, *, threads: int | None = None, errors: OnError = "raise") -> str | Column | None:
        """Renders conversations as `apply_chat_template(messages, tokenize=False)` does.

        Args and errors are those of `count_chats`.
        """
        alone = _is_conversation(chats)
        threads, flags = _run(1 if alone else threads, errors)
        values = _chat_rows([chats] if alone else chats, errors)
        texts = Column(self._core.render(values, threads, flags | _core.JSON, None))
        return texts[0] if alone else texts

    # Statistics

    def statistics(
        self, lengths: object, *, groups: object = None, name: str = "data", limits: Sequence[int] = ()
    ) -> Statistics:
        """Makes exact statistics of lengths that were counted.

        Args:
            lengths: Whole numbers, such as `count` returns: a list or a column; nulls are left out.
            groups: A struct array whose columns (text, whole numbers, truth values) rows are grouped by; or, with
                pyarrow, a table, data frame or dict of columns.
            name: What the rows are called; statistics of the same name and model add up.
            limits: Lengths in tokens for which the document says what they would cut off.

        Raises:
            ColumnTypeError: A column is of another type.
            ValueError: The name is none that a file can have.
        """
        from .statistics import Statistics

        # Exact results are stored in files of this name.
        if not name or "/" in name or "\0" in name or len(name.encode()) > 150:
            raise ValueError(f"the name {name!r} is none that a file can have: 1 to 150 bytes, no /")
        grouped = None if groups is None else _one_struct(groups)
        return Statistics._of_lengths(self._core, _one_array(lengths), grouped, name, tuple(limits))


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
    if isinstance(column, list | tuple) or (_has_arrow(column) and not _is_object(column)):
        return column
    return list(_items(column, "texts are expected: a str, a list of them, or a column"))


def _is_object(column: Any) -> bool:
    # A series of Python's objects. pandas would make one type of all for Arrow, in which each dict has the members of
    # all others.
    return hasattr(column, "tolist") and str(getattr(column, "dtype", "")) == "object"


def _items(column: Any, wanted: str) -> Iterator[Any]:
    """The rows of what is no Arrow column, one by one."""
    values = column.tolist() if hasattr(column, "tolist") else column
    if isinstance(values, str | bytes | bytearray | Mapping) or not hasattr(values, "__iter__"):
        hint = ", whose collect() gives one" if hasattr(values, "collect") else ""
        raise ColumnTypeError(f"{wanted}; {type(column).__name__} is there{hint}")
    return iter(values)


def _one_array(lengths: Any) -> Any:
    """Whole numbers as one Arrow array."""
    if hasattr(lengths, "__arrow_c_array__"):
        return lengths
    for name in ("combine_chunks", "tolist", "to_list"):
        if hasattr(lengths, name):
            lengths = getattr(lengths, name)()
            break
    if hasattr(lengths, "__arrow_c_array__"):
        return lengths
    values = _items(lengths, "lengths are expected: a list or a column")
    # pandas has float where something is missing.
    whole = [
        None if _is_missing(item) else int(item) if isinstance(item, float) and item.is_integer() else item
        for item in values
    ]
    try:
        return _core.numbers(whole)
    except (TypeError, OverflowError) as reason:
        raise ColumnTypeError(f"lengths are whole numbers: {reason}") from None


def _one_struct(groups: Any) -> Any:
    """Columns that rows are grouped by as one Arrow array."""
    if not hasattr(groups, "__arrow_c_array__") and not hasattr(groups, "combine_chunks"):
        import pyarrow

        groups = pyarrow.table(groups)
    if hasattr(groups, "to_struct_array"):
        groups = groups.to_struct_array()
    return groups.combine_chunks() if hasattr(groups, "combine_chunks") else groups


def _is_missing(value: Any) -> bool:
    return (
        value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value)
    )


def _is_conversation(chats: Any) -> bool:
    if isinstance(chats, dict):
        return True
    first = chats[0] if isinstance(chats, list | tuple) and chats else None
    # A message, not a row.
    return isinstance(first, dict) and (not first or not {"role", "from", "content", "value"}.isdisjoint(first))


def _chat_rows(chats: Any, errors: OnError) -> Any:
    """The rows of conversations as the engine takes them: an Arrow column as it is, else JSON."""
    if hasattr(chats, "select_dtypes") and any(str(kind) == "object" for kind in chats.dtypes):
        # A frame with Python's objects, as with series of them. No template reads times.
        frame = chats.select_dtypes(exclude=["datetime", "datetimetz", "timedelta"])
        chats = [{k: None if _is_missing(v) else v for k, v in row.items()} for row in frame.to_dict("records")]
    elif _has_arrow(chats) and not _is_object(chats):
        return chats
    items: Iterable[Any] = _items(chats, "conversations are expected: a list of messages, a list of those, or a column")
    return [None if _is_missing(chat) else _dumped(chat, row, errors) for row, chat in enumerate(items)]


def _dumped(chat: Any, row: int, errors: OnError) -> str | bytes | None:
    if isinstance(chat, str | bytes):
        return chat
    try:
        return json.dumps(chat, ensure_ascii=False, default=_plain)
    except (TypeError, ValueError, RecursionError) as reason:
        if errors == "null":
            return None
        error = RowError(f"row {row}: {reason}")
        error.row = row
        raise error from None


def _plain(value: Any) -> Any:
    # Rows of pandas and numpy.
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a value of type {type(value).__name__} is none of JSON")


def _reopened(name: str, chat_template: str | None, vocabulary: str | None, digest: str, template: str) -> Model:
    opened = model(name, chat_template=chat_template, vocabulary=vocabulary)
    for what, here, there in zip(("vocabulary", "chat template"), opened._identity, (digest, template), strict=True):
        if here != there:
            raise Error(f"{name}: the {what} here has the SHA-256 {here}, where the model comes from {there}")
    return opened


@functools.cache
def _opened(name: str, chat_template: str | None, vocabulary: str | None) -> Model:
    return Model(name, chat_template=chat_template, vocabulary=vocabulary)


def model(
    name: str | os.PathLike[str],
    *,
    chat_template: str | os.PathLike[str] | None = None,
    vocabulary: str | os.PathLike[str] | None = None,
) -> Model:
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
    return _opened(os.fspath(name), _path(chat_template), _path(vocabulary))


def _path(path: str | os.PathLike[str] | None) -> str | None:
    return None if path is None else os.fspath(path)
