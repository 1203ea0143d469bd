"""The language of the command line: help of commands and options, and what Click itself says."""

from __future__ import annotations

import gettext
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from cati.base import i18n, paths, settings
from cati.base.errors import CatiError
from cati.base.i18n import translate as _

_CLICK_LANGUAGE = "LANGUAGE"
"""The variable by which gettext, and so Click, is told the language."""


class _Formatter(click.HelpFormatter):
    def write_heading(self, heading: str) -> None:
        """With the colon of the language."""
        self.write(" " * self.current_indent + heading + _(":") + "\n")


class Context(click.Context):
    """Gives help on ``-h`` and ``--help``, in the language in use."""

    formatter_class = _Formatter

    def __init__(self, command: click.Command, parent: click.Context | None = None, **settings: Any) -> None:
        # Not told to the main command alone: a command keeps what its first caller said, whoever that was.
        super().__init__(command, parent, **{"help_option_names": ["-h", "--help"]} | settings)


class _Spoken:
    """A help text, kept in English and given in the language in use."""

    _help: str | None = None

    @property
    def help(self) -> str | None:
        """The text in the language in use."""
        return _(self._help) if self._help else self._help

    @help.setter
    def help(self, text: str | None) -> None:
        self._help = inspect.cleandoc(text) if text else text


class Option(_Spoken, click.Option):
    """An option with a help text in the language in use."""


class Command(_Spoken, click.Command):
    """A command with a help text in the language in use."""

    context_class = Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Click's own option; its text, too, is translated when it is shown."""
        found = super().get_help_option(ctx)
        if found is not None:
            found.help = _("Show this message and exit.")
        return found

    def get_short_help_str(self, limit: int = 45) -> str:
        """The first sentence, whole: lists of commands break lines, and half a sentence says little."""
        return super().get_short_help_str(sys.maxsize)


class Group(Command, click.Group):
    """A group of commands with a help text in the language in use."""

    command_class = Command


def option(*declarations: str, **attributes: Any) -> Callable[[Any], Any]:
    """As `click.option`."""
    return click.option(*declarations, cls=Option, **attributes)


def command(name: str | None = None, **attributes: Any) -> Callable[[Callable[..., Any]], Command]:
    """As `click.command`; the help is the docstring."""
    return click.command(name, cls=Command, **attributes)


def group(name: str | None = None, **attributes: Any) -> Callable[[Callable[..., Any]], Group]:
    """As `click.group`; the help is the docstring."""
    return click.group(name, cls=Group, **attributes)


def chosen_language(flags: Mapping[str, str | None]) -> str:
    """The language of settings; the system's when they cannot be read, for even that is said in words."""
    try:
        return settings.load(flags).language
    except CatiError:
        return i18n.system_language()


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Speak a language in this process, in Click's own words too."""
    before = os.environ.get(_CLICK_LANGUAGE)
    i18n.set_language(language)
    gettext.bindtextdomain("cati", str(paths.resources() / "locale"))
    gettext.textdomain("cati")
    os.environ[_CLICK_LANGUAGE] = language
    try:
        yield
    finally:
        if before is None:
            del os.environ[_CLICK_LANGUAGE]
        else:
            os.environ[_CLICK_LANGUAGE] = before
