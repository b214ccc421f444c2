"""What goes wrong, as exceptions whose sentences are the engine's own."""

from __future__ import annotations


class Error(Exception):
    """Anything that tokenstats refuses.

    Attributes:
        row: The row of the column, counted from 0; None where no row is concerned.
    """

    row: int | None = None


class UnknownModelError(Error, ValueError):
    """No model of this name is known, or nothing is under this path. The message names the known ones."""


class VocabularyError(Error, OSError):
    """A model's files are missing or damaged. The message says how to get them."""


class TemplateError(Error, ValueError):
    """The model has no chat template, or it raised for a conversation.

    Attributes:
        raised: What the template raised, without the row; None where it did not raise.
    """

    raised: str | None = None


class RowError(Error, ValueError):
    """A row cannot be counted; `row` says which."""


class ColumnTypeError(Error, TypeError):
    """A column holds neither texts nor conversations, or a row of a list neither; `row` says which."""


class StatisticsError(Error, ValueError):
    """Statistics cannot be read, or do not add up."""


class ProgramError(Error, RuntimeError):
    """The program that the package brings ended with a failure.

    Attributes:
        status: Its exit status: 3 finished but rows or datasets failed, 4 nothing matched, 5 unknown model.
    """

    status: int = 1


class Notice(UserWarning):
    """What the program remarks on data that it counted, such as texts that a template drops.

    Filters of the module `warnings` silence it, or make it an exception.
    """


_KINDS: dict[int, type[Error]] = {
    2: UnknownModelError,
    3: VocabularyError,
    4: TemplateError,
    5: ColumnTypeError,
    6: RowError,
    7: StatisticsError,
}


def failure(kind: int, message: str, row: int) -> Error:
    """Makes the exception for a failure of the engine; its kinds are those of tokenstats.h."""
    error = _KINDS.get(kind, Error)(message)
    if row >= 0:
        error.row = row
        if isinstance(error, TemplateError):
            error.raised = message.split(": ", 1)[-1]
    return error
