"""Models on their way to other machines: their files travel along, and their digest says that they are the same."""

from __future__ import annotations

import functools
import hashlib
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

from ._errors import VocabularyError
from ._model import Model, model

# What a model's folder holds that counting needs; never weights.
_FOLDER_FILES = (
    "tokenizer.json",
    "tekken.json",
    "tokenizer.model",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "preprocessor_config.json",
    "processor_config.json",
    "chat_template.json",
    "chat_template.jinja",
    "additional_chat_templates/*.jinja",
)


class Parcel(NamedTuple):
    """A model with its files, some megabytes: to be sent once, as a broadcast or an object of the store."""

    #: What the user called the model.
    name: str
    #: Whether it is one of those that the engine knows by name, whose vocabulary is a file of its own.
    is_known: bool
    #: Whether that is a file, not a folder.
    is_file: bool
    #: The SHA-256 of the vocabulary's file, and of the chat template.
    identity: tuple[str, str]
    #: The vocabulary's path among the files.
    vocabulary: str
    #: The files by their path in the model's folder.
    files: tuple[tuple[str, bytes], ...]
    #: The chat template that replaces the model's own, and how its file ends; None for that.
    chat_template: tuple[str, bytes] | None

    @classmethod
    def of(cls, opened: Model | str) -> Parcel:
        """Packs a model that is here.

        Raises:
            UnknownModelError: It is not here.
        """
        opened = opened if isinstance(opened, Model) else model(opened)
        name, chat_template, _ = opened._options
        vocabulary = Path(opened.vocabulary_path)
        revision = str(opened._facts["revision"])
        # Others are files, or a snapshot in the hub's cache, whose folder is called as its commit is.
        is_known = revision not in ("local", vocabulary.parent.name)
        is_file = not is_known and Path(name).is_file()
        paths = [vocabulary]
        if not is_known:
            paths += [path for pattern in _FOLDER_FILES for path in sorted(vocabulary.parent.glob(pattern))]
        files = {str(path.relative_to(vocabulary.parent)): path.read_bytes() for path in paths}
        template = (Path(chat_template).suffix, Path(chat_template).read_bytes()) if chat_template else None
        contents = tuple(sorted(files.items()))
        return cls(name, is_known, is_file, opened._identity, vocabulary.name, contents, template)

    def model(self) -> Model:
        """The model on this machine; its files are written once, beside those of others by their contents.

        Raises:
            VocabularyError: They cannot be written, or are not what was sent.
        """
        return _opened(self._folder(), self)

    def _folder(self) -> Path:
        content = hashlib.sha256(repr((self.name, self.files, self.chat_template)).encode()).hexdigest()
        place = Path(tempfile.gettempdir()) / f"tokenstats-models-{os.getuid()}" / content[:32]
        folder = place / (Path(self.name).name or "model")
        if (place / "complete").exists():
            return folder
        try:
            place.parent.mkdir(mode=0o700, exist_ok=True)
            if place.parent.stat().st_uid != os.getuid():
                raise VocabularyError(f"{place.parent} belongs to somebody else: set TMPDIR to another folder")
            for name, data in self.files:
                _write(folder / name, data)
            if self.chat_template is not None:
                _write(_template(place, self.chat_template), self.chat_template[1])
            _write(place / "complete", b"")
        except OSError as reason:
            raise VocabularyError(f"the files of {self.name} cannot be written: {reason}") from None
        return folder


def _template(place: Path, sent: tuple[str, bytes]) -> Path:
    return place / f"chat_template{sent[0]}"


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Several workers of a machine may write the same file: each a copy of its own, of which one gets the name.
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    os.replace(file.name, path)


@functools.lru_cache(maxsize=8)
def _opened(folder: Path, parcel: Parcel) -> Model:
    sent = parcel.chat_template
    chat_template = None if sent is None else str(_template(folder.parent, sent))
    if parcel.is_known:
        opened = model(parcel.name, chat_template=chat_template, vocabulary=str(folder / parcel.vocabulary))
    else:
        opened = model(str(folder / parcel.vocabulary if parcel.is_file else folder), chat_template=chat_template)
    if opened._identity != parcel.identity:
        raise VocabularyError(f"{folder} has the SHA-256 {opened._identity}, {parcel.identity} was sent: remove it")
    return opened
