"""Exact token counts of texts and conversations, as fast as memory allows.

>>> import tokenstats as ts
>>> m = ts.model("qwen-3-32b")
>>> m.count("Hello, world!")
4
"""

from __future__ import annotations

from . import datasets
from ._analyze import analyze
from ._core import kernel
from ._counts import Column, Counts
from ._errors import (
    ColumnTypeError,
    Error,
    Notice,
    ProgramError,
    RowError,
    StatisticsError,
    TemplateError,
    UnknownModelError,
    VocabularyError,
)
from ._model import Conversation, Message, Model, default_threads, model
from ._program import fetch, program
from ._progress import Progress
from ._version import __version__
from .statistics import Lost, Picture, Statistics

__all__ = [
    "Column",
    "ColumnTypeError",
    "Conversation",
    "Counts",
    "Error",
    "Lost",
    "Message",
    "Model",
    "Notice",
    "Picture",
    "ProgramError",
    "Progress",
    "RowError",
    "Statistics",
    "StatisticsError",
    "TemplateError",
    "UnknownModelError",
    "VocabularyError",
    "__version__",
    "analyze",
    "datasets",
    "default_threads",
    "fetch",
    "kernel",
    "model",
    "program",
]
