"""Roles, and what each of them may do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate


class Role(StrEnum):
    """What a user is hired for."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    BUREAU = "bureau"
    OBSERVER = "observer"
    ADMIN = "admin"
    CLERK = "clerk"


class Right(StrEnum):
    """One thing a service asks before it acts."""

    SET_UP_PROGRAMME = "set_up_programme"
    IMPORT_FRAMES = "import_frames"
    DRAW = "draw"
    INTERVIEW = "interview"
    SEE_PROGRESS = "see_progress"
    SEE_NUMBERS = "see_numbers"
    OPEN_SUPPLEMENT = "open_supplement"
    CLOSE_FIELDWORK = "close_fieldwork"
    SEE_SCORES = "see_scores"
    EXPORT = "export"
    EXPORT_IDENTITY = "export_identity"
    LISTEN = "listen"
    REVIEW = "review"
    MANAGE_USERS = "manage_users"
    ADJUST = "adjust"
    KEEP_WISHES = "keep_wishes"
    KEEP_ATTENDANCE = "keep_attendance"
    CLEAR_OPERATORS = "clear_operators"
    STEER = "steer"
    KEY_BALLOTS = "key_ballots"
    SETTLE_BALLOTS = "settle_ballots"
    HANDLE_OPINIONS = "handle_opinions"


RIGHT_WORDS: dict[Right, str] = {
    Right.SET_UP_PROGRAMME: N_("set programmes up"),
    Right.IMPORT_FRAMES: N_("import lists"),
    Right.DRAW: N_("draw"),
    Right.INTERVIEW: N_("interview"),
    Right.SEE_PROGRESS: N_("see how programmes stand"),
    Right.SEE_NUMBERS: N_("see phone numbers"),
    Right.OPEN_SUPPLEMENT: N_("release cases and open the public pool"),
    Right.CLOSE_FIELDWORK: N_("close fieldwork"),
    Right.SEE_SCORES: N_("see scores"),
    Right.EXPORT: N_("export"),
    Right.EXPORT_IDENTITY: N_("export names and numbers"),
    Right.LISTEN: N_("hear interviews"),
    Right.REVIEW: N_("decide on interviews"),
    Right.MANAGE_USERS: N_("manage users"),
    Right.ADJUST: N_("enter scores and points"),
    Right.KEEP_WISHES: N_("keep the lists of refusals and of those to be called again"),
    Right.KEEP_ATTENDANCE: N_("keep attendance"),
    Right.CLEAR_OPERATORS: N_("decide who may call"),
    Right.STEER: N_("pause calling, set cases aside and hand them over, write to operators"),
    Right.KEY_BALLOTS: N_("key ballots"),
    Right.SETTLE_BALLOTS: N_("settle what two keyings have not alike"),
    Right.HANDLE_OPINIONS: N_("code opinions and send them to units"),
}
"""What each right lets somebody do, to be translated."""

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OPERATOR: frozenset({Right.INTERVIEW}),
    Role.SUPERVISOR: frozenset(
        {
            Right.SEE_PROGRESS,
            Right.SEE_NUMBERS,
            Right.LISTEN,
            Right.REVIEW,
            Right.KEEP_ATTENDANCE,
            Right.CLEAR_OPERATORS,
            Right.STEER,
            Right.SETTLE_BALLOTS,
        }
    ),
    Role.BUREAU: frozenset(Right),
    Role.OBSERVER: frozenset({Right.SEE_PROGRESS, Right.SEE_SCORES}),
    Role.ADMIN: frozenset({Right.MANAGE_USERS}),
    # Hired to key ballots: no names, no numbers, no scores, and of the ballots only those in hand.
    Role.CLERK: frozenset({Right.KEY_BALLOTS}),
}


def may(roles: Iterable[Role], right: Right) -> bool:
    """Whether any of the roles carries the right."""
    return any(right in RIGHTS[role] for role in roles)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and where.

    Attributes:
        user_id: key of the user's row.
        login: name typed at sign-in.
        name: name shown on screens.
        roles: at least one.
        station: name of the PC or of a simulated station.
    """

    user_id: int
    login: str
    name: str
    roles: frozenset[Role]
    station: str

    def may(self, right: Right) -> bool:
        """Whether any of the actor's roles carries the right."""
        return may(self.roles, right)

    def require(self, right: Right) -> None:
        """Refuse with a sentence unless the actor has the right.

        Raises:
            CatiError: ``not_allowed``.
        """
        if not self.may(right):
            raise CatiError(
                "not_allowed",
                N_("{login} may not do this ({right}). Nothing was changed. Sign in as somebody who may."),
                login=self.login,
                right=translate(RIGHT_WORDS[right]),
            )


class DemoUser(NamedTuple):
    """Login and password of the demonstration, shown at sign-in."""

    login: str
    password: str
