"""Fixtures of the window's tests: theme, language, no display needed."""

from __future__ import annotations

import gettext
import io
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from cati.base import i18n, paths
from cati.gui import theme


def chinese_texts() -> gettext.NullTranslations:
    """All Chinese texts of the source tree, compiled in memory."""
    whole = Catalog(locale="zh_CN")
    locale = paths.resources() / "locale"
    sources: list[Path] = sorted(locale.glob("parts/*.po")) + sorted(locale.glob("zh_CN/LC_MESSAGES/*.po"))
    for source in sources:
        with source.open("rb") as lines:
            for message in read_po(lines, locale="zh_CN"):
                if message.id and message.string:
                    whole.add(message.id, message.string)
    compiled = io.BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@pytest.fixture(params=["en", "zh_CN"])
def tongue(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a test in both languages."""
    chosen = str(request.param)
    monkeypatch.setattr(i18n, "_language", chosen)
    texts = chinese_texts() if chosen == "zh_CN" else gettext.NullTranslations()
    monkeypatch.setattr(i18n, "_catalogue", texts)
    return chosen


@pytest.fixture
def look(qapp: QApplication) -> Iterator[None]:
    """The plain light theme, and again when the test is over."""
    theme.use("light", 1.0)
    yield
    theme.use("light", 1.0)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let one line of the display-less platform pass: it has no window manager to take size hints."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("does not support propagateSizeHints"))
