"""Today's board: what every operator does at this moment and has done today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from cati.domain.board import Activity, Sound, activity, in_sight, sound
from cati.domain.programmes import LoadedProgramme
from cati.domain.sound import Tested
from cati.domain.users import Right, Role
from cati.services.context import Context
from cati.store import attendance as attendance_store
from cati.store import board as store
from cati.store import sound_tests as sound_store
from cati.store import stations as station_store
from cati.store import users as user_store
from cati.store.board import Tally
from cati.store.sound_tests import SoundTest

__all__ = ["Activity", "BoardLine", "Sound", "today"]

_NOTHING = Tally(0, 0, 0, 0, None, None)
_ORDER = list(Activity)
LOST_FOR = timedelta(minutes=30)
"""A call of which nothing came for longer has ended, though nobody said how."""


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One operator of today.

    Attributes:
        since: when the activity began, for who is not seen the last moment when they were (aware); None for
            who was not in today.
        station: where the case on the desk is; empty without one.
        case_id: the case on the desk, with its unit and group.
        sound: what became of today's sound test.
    """

    user_id: int
    name: str
    activity: Activity
    since: datetime | None
    station: str
    case_id: int | None
    unit: str
    group: str
    today: Tally
    sound: Sound = Sound.NOT_IN


def today(ctx: Context, programme: LoadedProgramme) -> tuple[BoardLine, ...]:
    """All operators and whoever else called today, the busiest first, then by name."""
    ctx.actor.require(Right.SEE_PROGRESS)
    zone = ZoneInfo(programme.programme.settings.timezone)
    with ctx.database.read() as connection:
        now = ctx.now(connection)
        start = datetime.combine(now.astimezone(zone).date(), time(), zone)
        end = start + timedelta(days=1)
        lapsed = store.lapsed_calls(connection, programme.id, start)
        held = lapsed | store.held_cases(connection, programme.id, now)
        tallies = store.tallies(connection, programme.id, start, end)
        last = attendance_store.last_of_everybody(connection, start, end)
        tested = sound_store.last_of_everybody(connection, start, end)
        people = user_store.everybody(connection)
        heard = station_store.seen(connection)
        # What was set aside is for whoever decides on it.
        decides = ctx.actor.may(Right.REVIEW)
        lost = store.unknown_calls(connection, programme.id, now - LOST_FOR) if decides else {}
    lines = []
    for user in people:
        operates = user.active and not user.simulated and Role.OPERATOR in user.roles
        if not (operates or user.id in held or user.id in tallies or user.id in last):
            continue
        case, unknown, tally = held.get(user.id), lost.get(user.id), tallies.get(user.id, _NOTHING)
        step = last.get(user.id)
        done = (
            step.at if step else None,
            tally.last_end,
            *((case.dialled_at, case.asked_at) if case else ()),
            unknown.until if unknown else None,
        )
        found = activity(step, case, tally.last_end, unknown)
        doing, since = found if user.simulated else in_sight(found, heard.get(user.id), done, now)
        desk = unknown if doing is Activity.UNKNOWN else case
        lines.append(
            BoardLine(
                user_id=user.id,
                name=user.name,
                activity=doing,
                since=since,
                station=desk.station if desk else "",
                case_id=desk.case_id if desk else None,
                unit=desk.unit if desk else "",
                group=desk.group if desk else "",
                today=tally,
                sound=Sound.NOT_IN if user.simulated else sound(_result(tested.get(user.id)), doing),
            )
        )
    return tuple(sorted(lines, key=lambda line: (_ORDER.index(line.activity), line.name)))


def _result(test: SoundTest | None) -> Tested | None:
    return test.result if test is not None else None
