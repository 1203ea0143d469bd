"""Windows in which a file is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from cati.gui.app import use_language
from cati.gui.office.files import KIND_COLUMN, KindWords, choose_folder


@pytest.fixture
def back_to_english() -> Iterator[None]:
    yield
    use_language("en")


@pytest.mark.usefixtures("back_to_english")
@pytest.mark.parametrize(("tongue", "word"), [("zh_CN", "文件夹"), ("en", "Folder")])
def test_a_folder_is_called_one_in_the_windows_language(
    qtbot: Any, tongue: str, word: str, tmp_path: Path
) -> None:
    use_language(tongue)
    window = QWidget()
    qtbot.addWidget(window)
    dialog = choose_folder(window, "Where to", str(tmp_path), lambda _path: None)
    words = dialog.findChild(KindWords)
    assert words is not None
    model = QStandardItemModel(1, KIND_COLUMN + 1, window)
    for column in range(KIND_COLUMN + 1):
        model.setItem(0, column, QStandardItem("Folder"))
    shown = []
    for column in range(KIND_COLUMN + 1):
        option = QStyleOptionViewItem()
        words.initStyleOption(option, model.index(0, column))
        shown.append(option.text)
    dialog.close()
    # A folder that is named so keeps its name.
    assert shown == ["Folder", "Folder", word]
