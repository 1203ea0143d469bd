"""The manual's files: chapters as they were written, their pictures, and where words stand in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from cati.base import paths
from cati.gui.manual.topics import CHAPTERS

OTHERWISE = "en"
_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)\n?")
_MARKS = re.compile(r"!\[([^\]]*)\]\([^)]*\)|\[([^\]]*)\]\([^)]*\)|[*`#|]|^-+$", re.MULTILINE)


@dataclass(frozen=True)
class Chapter:
    """A chapter in one language.

    Attributes:
        name: of its file without ``.md``.
        title: its heading.
        text: Markdown.
        pictures: file names, in the order in which they stand.
    """

    name: str
    title: str
    text: str
    pictures: tuple[str, ...]

    @property
    def without_pictures(self) -> str:
        """The text for a narrow column."""
        return _PICTURE.sub("", self.text)

    def count(self, word: str) -> int:
        """How often a word stands in what is read, whatever its case."""
        return _MARKS.sub(r"\1\2", self.text).casefold().count(word.casefold()) if word else 0


def read(language: str) -> tuple[Chapter, ...]:
    """All chapters in a language, in the order of the contents; English where there is no other."""
    return tuple(chapter(language, name) for name in CHAPTERS)


def chapter(language: str, name: str) -> Chapter:
    """One chapter."""
    text = (_folder(language) / f"{name}.md").read_text("utf-8")
    title = text.partition("\n")[0].lstrip("# ")
    return Chapter(name, title, text, tuple(_PICTURE.findall(text)))


def pictures(language: str, names: Iterable[str], width: int) -> dict[str, QImage]:
    """Pictures by their file names, no wider than `width` px; one that is not there is left out."""
    folder = _folder(language)
    found = ((name, QImage(str(folder / name))) for name in names)
    return {name: fitted(image, width) for name, image in found if not image.isNull()}


def fitted(picture: QImage, width: int) -> QImage:
    """A picture made no wider than `width` px; it takes some milliseconds."""
    if picture.width() <= width:
        return picture
    return picture.scaledToWidth(max(1, width), Qt.TransformationMode.SmoothTransformation)


def _folder(language: str) -> Path:
    folder = paths.resources() / "manual" / language
    return folder if folder.is_dir() else folder.with_name(OTHERWISE)
