"""Practice: the same console on a database that is thrown away, so that nothing of it can ever count.

The real database is asked for the definition of the programme and nothing else. Invented people are drawn in
a database of its own, in a folder that is deleted when practice is left; nobody can forget to leave it out of
scores, pay, quotas, exports, rates, boards or reviews, because it never was where those look. One thing goes
back: that the practice test was passed, through the service that checks it again.
"""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

from cati.base.clock import Clock
from cati.base.i18n import translate as _
from cati.domain.interview import Script
from cati.domain.practice import IGNORED, Difference, Keyed, Scenario, differences, scenario
from cati.domain.programmes import PHONE, LoadedProgramme, Programme, RetryRules
from cati.domain.queue import Assignment
from cati.domain.respondents import facts
from cati.domain.users import Role
from cati.services import clearances, programmes, users
from cati.services.clearances import Done
from cati.services.context import Context
from cati.station import demo
from cati.store import calls, interviews, migrate
from cati.store.engine import Database

FOLDER = "practice"
UNITS = 3
"""Units of the programme that are practised on; more would only take longer to make."""
LIST_SIZE = 30
"""People on an invented list."""
QUOTA = 10
"""Interviews wanted of a cell at least, so that practice does not run dry."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A practice interview that is over.

    Attributes:
        different: what was recorded otherwise than told; nothing: it was recorded right.
        right: scenarios recorded right so far.
        wanted: how many of them are the practice test.
        passed: whether the test was passed just now, and noted so.
    """

    told: Scenario
    different: tuple[Difference, ...]
    right: int
    wanted: int
    passed: bool


def of_practice(programme: Programme) -> Programme:
    """The programme as it is practised: a few units, calls at any hour, a busy line is free again at once."""
    first = programme.units[:UNITS]
    codes = {unit.code for unit in first}
    settings = replace(
        programme.settings,
        retry=RetryRules(busy_minutes=0, no_answer_minutes=0),
        replicate_factor=max(2, programme.settings.replicate_factor),
    )
    return replace(
        programme,
        units=first,
        mailed=(),
        groups=tuple(
            replace(group, quota=max(group.quota, QUOTA), list_kind=PHONE) for group in programme.groups
        ),
        settings=settings,
        not_applicable=tuple(pair for pair in programme.not_applicable if pair[0] in codes),
    )


def clear_away(data_folder: Path) -> None:
    """Delete what a practice left behind that was cut off."""
    shutil.rmtree(data_folder / FOLDER, ignore_errors=True)


class PracticeRoom:
    """One practice: made when it is entered (blocks for a second or two), gone when it is closed.

    Args:
        data_folder: of this station; what is written lies in a folder of its own there.
        programme: what is practised.
        clock: of the station.
        station: its name.
        credit: where a passed test is noted: the session and the programme as its database holds it; None
            for who has not signed in.
    """

    def __init__(
        self,
        data_folder: Path,
        programme: Programme,
        clock: Clock,
        station: str,
        credit: tuple[Context, LoadedProgramme] | None = None,
    ) -> None:
        self._credit = credit
        self._wanted = programme.settings.practice_interviews
        self._told: dict[int, Scenario] = {}
        self._right: dict[int, Done] = {}
        self.folder = data_folder / FOLDER
        clear_away(data_folder)
        self.folder.mkdir(mode=0o700, parents=True)
        url = f"sqlite:///{(self.folder / 'cati.db').as_posix()}"
        migrate.prepare(url)
        self._database = Database(url)
        try:
            self.ctx = self._somebody(clock, station)
            self.programme = self._filled(programme)
        except BaseException:
            self.close()
            raise
        self._script = Script.of(self.programme.programme)

    def _somebody(self, clock: Clock, station: str) -> Context:
        actor = self._credit[0].actor if self._credit else None
        ctx, _recovery = users.init(
            self._database,
            clock,
            login=actor.login if actor else FOLDER,
            name=actor.name if actor else _("Practice"),
            password=secrets.token_urlsafe(32),
            station=station,
            roles=frozenset({Role.BUREAU, Role.OPERATOR}),
        )
        return ctx

    def _filled(self, programme: Programme) -> LoadedProgramme:
        today = self.ctx.clock.now().astimezone(ZoneInfo(programme.settings.timezone)).date()
        loaded = programmes.store_programme(self.ctx, demo.moved_to(of_practice(programme), today))
        with self._database.write() as connection:
            clearances.clear_for_invented(self.ctx, connection, loaded.id, self.ctx.actor.user_id)
        demo.fill(self.ctx, loaded, {group.code: LIST_SIZE for group in programme.groups}, 0)
        return programmes.get(self.ctx)

    def told(self, case: Assignment) -> Scenario:
        """Who is called: the same respondent whenever the case comes."""
        if case.case_id not in self._told:
            about = facts(self.programme.programme, case)
            self._told[case.case_id] = scenario(self._script, about, len(self._told) + 1)
        return self._told[case.case_id]

    def judge(self, case_id: int) -> Judged | None:
        """Compare what was recorded of a case with what was told (blocks on the database).

        None while it goes on, as after a line that was busy. The test that is passed with it is noted.
        """
        told = self._told.get(case_id)
        if told is None:
            return None
        with self._database.read() as connection:
            outcomes = tuple(past.disposition or "" for past in calls.history(connection, case_id))
            keyed = Keyed(outcomes, interviews.answers_of_case(connection, case_id))
        begun = [outcome for outcome in outcomes if outcome not in IGNORED]
        if len(begun) < len(told.outcomes) and tuple(begun) == told.outcomes[: len(begun)]:
            return None
        different = differences(self._script, told, keyed)
        if not different:
            self._right[told.number] = Done(told, keyed)
        enough = not different and len(self._right) >= self._wanted
        return Judged(told, different, len(self._right), self._wanted, enough and self._credited())

    def _credited(self) -> bool:
        """Note the passed test; False where it stands already or nobody has signed in."""
        if self._credit is None:
            return False
        session, loaded = self._credit
        return clearances.pass_practice(session, loaded, tuple(self._right.values()))

    def close(self) -> None:
        """Delete everything that was practised, recordings too."""
        self._database.close()
        shutil.rmtree(self.folder, ignore_errors=True)
