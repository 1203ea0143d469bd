"""What a login and a user's name may look like."""

from __future__ import annotations

import unicodedata

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_

LONGEST = 64


def folded(login: str) -> str:
    """A login as it is stored and compared: case, full width and blanks around it do not matter."""
    return unicodedata.normalize("NFKC", login).strip().lower()


def checked_login(login: str) -> str:
    """The folded login.

    Raises:
        CatiError: ``login_invalid`` unless it has 1 to `LONGEST` visible characters and no blanks.
    """
    login = folded(login)
    if not 1 <= len(login) <= LONGEST or not login.isprintable() or " " in login:
        raise CatiError(
            "login_invalid",
            N_("A login has 1 to {longest} letters, digits and signs and no blanks. Nothing was changed."),
            longest=LONGEST,
        )
    return login


def checked_name(name: str) -> str:
    """The name without blanks around it.

    Raises:
        CatiError: ``name_invalid`` unless it has 1 to `LONGEST` characters on one line.
    """
    name = name.strip()
    if not 1 <= len(name) <= LONGEST or not name.isprintable():
        raise CatiError(
            "name_invalid",
            N_("A name has 1 to {longest} characters on one line. Nothing was changed."),
            longest=LONGEST,
        )
    return name
