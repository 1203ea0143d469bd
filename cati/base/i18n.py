"""Languages of screens and messages: English msgids in code, gettext catalogues beside."""

from __future__ import annotations

import gettext
import locale
import os

from cati.base import paths

LANGUAGES = ("zh_CN", "en")
_catalogue: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def set_language(language: str) -> None:
    """Use one of `LANGUAGES` for all texts from now on; an unknown one means English."""
    global _catalogue, _language
    _language = language if language in LANGUAGES else "en"
    if _language == "en":
        _catalogue = gettext.NullTranslations()
    else:
        _catalogue = gettext.translation("cati", paths.resources() / "locale", [_language], fallback=True)


def language() -> str:
    """The language in use, one of `LANGUAGES`."""
    return _language


def system_language() -> str:
    """The language the desktop asks for, by the usual variables; English when none fits."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh_CN" if value.startswith("zh") else "en"
    # Windows sets none of the variables.
    return "zh_CN" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"


def translate(message: str) -> str:
    """The text in the language in use; imported as ``_`` where texts are marked."""
    return _catalogue.gettext(message)


def translate_plural(one: str, many: str, count: int) -> str:
    """The singular or plural text for `count`; imported as ``ngettext``."""
    return _catalogue.ngettext(one, many, count)


def mark(message: str) -> str:
    """Mark a text for translation where it is only stored; imported as ``N_``."""
    return message
