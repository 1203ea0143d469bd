"""Choosing files: the desktop's own window, without waiting for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QFileDialog, QStyledItemDelegate, QStyleOptionViewItem, QWidget
from shiboken6 import isValid

from cati.base.i18n import translate as _
from cati.gui.form import labelled
from cati.gui.widgets.button import Button
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row

KIND_COLUMN = 2
"""Of the list of files: what kind each one is."""


class KindWords(QStyledItemDelegate):
    """Tells in the window's language that something is a folder: Qt's catalogue has the word elsewhere."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Put in the word."""
        super().initStyleOption(option, index)
        if index.column() == KIND_COLUMN:
            option.text = QCoreApplication.translate("QFileDialog", option.text, "All other platforms")


def choose_files(
    parent: QWidget,
    title: str,
    patterns: Sequence[str],
    take: Callable[[list[Path]], Any],
    several: bool = True,
) -> QFileDialog:
    """Let somebody choose files to open.

    Args:
        parent: gone, nothing is taken.
        title: of the window.
        patterns: kinds of files, such as ``Excel (*.xlsx *.xls)``.
        take: gets what was chosen; not called when nothing was.
        several: whether more than one may be chosen.
    """
    dialog = QFileDialog(parent, title)
    modes = QFileDialog.FileMode
    dialog.setFileMode(modes.ExistingFiles if several else modes.ExistingFile)
    return _open(dialog, patterns, take)


def choose_target(
    parent: QWidget, title: str, patterns: Sequence[str], proposed: str, take: Callable[[Path], Any]
) -> QFileDialog:
    """Let somebody choose where to write; whoever names an existing file is asked whether to replace it.

    Args:
        parent, title, patterns: see `choose_files`.
        proposed: name of the file; its ending is added to what is typed without one.
        take: gets the file.
    """
    dialog = QFileDialog(parent, title)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(Path(proposed).suffix.removeprefix("."))
    dialog.selectFile(proposed)
    return _open(dialog, patterns, lambda files: take(files[0]))


def choose_folder(parent: QWidget, title: str, begin: str, take: Callable[[Path], Any]) -> QFileDialog:
    """Let somebody choose a folder.

    Args:
        parent, title: see `choose_files`.
        begin: where to begin.
        take: gets the folder; not called when none was chosen.
    """
    dialog = QFileDialog(parent, title, begin)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return _open(dialog, (), lambda files: take(files[0]))


def file_row(place: QWidget, field: LineField, *patterns: str) -> Holder:
    """A field for a file under its name, and beside it a button that lets one be chosen.

    Args:
        place: what the question lies over.
        field: gets the path.
        patterns: of names, such as ``*.xlsx``.
    """
    button = Button(_("Choose a file"))
    kinds = [f"{_('Tables')} ({' '.join(patterns)})"]

    def chosen(files: list[Path]) -> None:
        if isValid(field):
            field.setText(str(files[0]))

    button.clicked.connect(lambda: choose_files(place, _("Choose a file"), kinds, chosen, several=False))
    return Holder(row((labelled(field), 1), column(None, button), gap=8))


def _open(dialog: QFileDialog, patterns: Sequence[str], take: Callable[[list[Path]], Any]) -> QFileDialog:
    # Qt's own catalogue knows these only without the mark of their key.
    labels = QFileDialog.DialogLabel
    dialog.setLabelText(labels.LookIn, _("&Look in:"))
    dialog.setLabelText(labels.FileType, _("Files of &type:"))
    dialog.setItemDelegate(KindWords(dialog))
    dialog.setNameFilters(list(patterns))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(lambda names: take([Path(name) for name in names]))
    dialog.open()
    return dialog
