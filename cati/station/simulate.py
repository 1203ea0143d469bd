"""A whole fieldwork in virtual time: invented respondents, the real queue, the real call runner.

Stations take turns. What a respondent does depends on nothing but the seed and the case's ticket, so
the same draw and seed give the same interviews, on either database.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.call import Call, Phase
from cati.domain.interview import Offer, Script
from cati.domain.opinions import opinion_items
from cati.domain.programmes import LoadedProgramme
from cati.domain.queue import Assignment, next_opening
from cati.services import calls, programmes, queue, quotas, simulated, supplements
from cati.services.context import Context
from cati.services.interviews import DatabaseAnswerLog
from cati.services.quotas import CellProgress
from cati.station.invented_words import opinion
from cati.station.runner import CallRunner
from cati.station.writing import ThroughServices

REASON = "simulation: the list ran dry"
SECONDS_PER_ATTEMPT = 45
SECONDS_PER_ANSWER = 12
SEASON_OVER = ("fieldwork_over", "approval_expired")
"""How a claim is refused when made-up time has passed the last day."""
LEASE = timedelta(days=1)
"""Longer than any conversation: made-up time also passes while a process waits for the computer."""


@dataclass
class Simulated:
    """What a simulation did.

    Attributes:
        supplemented: "unit/group" -> interviews completed from the public pool.
        short: "unit/group" -> interviews missing at the end, since nobody was left to call.
        overshoot: interviews beyond a quota (0 unless something is wrong).
    """

    interviews: int = 0
    attempts: int = 0
    cells: int = 0
    overshoot: int = 0
    supplemented: dict[str, int] = field(default_factory=dict)
    short: dict[str, int] = field(default_factory=dict)


class Respondent:
    """An invented person, the same one whenever seed and ticket are the same.

    Args:
        seed: of the simulation.
        ticket: of the case.
    """

    def __init__(self, seed: int, ticket: str) -> None:
        self._root = f"{seed}|{ticket}"

    def chance(self, *about: object) -> float:
        """A number in [0, 1) for anything about this person."""
        text = "|".join((self._root, *map(str, about)))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / 2**64

    def line(self, attempt: int) -> str:
        """What happens when the number is dialled: "answered" or the outcome of a call nobody took."""
        if self.chance("dead") < 0.04:
            return "not_in_service"
        draw = self.chance("line", attempt)
        limits = (("no_answer", 0.34), ("busy", 0.40), ("unreachable", 0.45), ("machine", 0.47))
        return next((code for code, limit in limits if draw < limit), "answered")

    def leaves(self) -> str:
        """Why a person who answered gives no interview; "" when they do."""
        draw = self.chance("mood")
        limits = (("refusal_final", 0.05), ("wrong_person", 0.08), ("break_off", 0.10))
        return next((code for code, limit in limits if draw < limit), "")

    def postpones(self, attempt: int) -> bool:
        """Whether the person asks to be called another time."""
        return self.chance("later", attempt) < 0.12

    def words(self, name: str) -> str:
        """What the person has to say to a question about opinions; mostly nothing."""
        if self.chance("speaks", name) < 0.6:
            return ""
        return opinion(*(self.chance(part, name) for part in ("kind", "matter", "said", "wish")))

    def agrees(self, agreeing: str, offers: tuple[Offer, ...]) -> str:
        """Whether the person may be called again: the answer that agrees, or another one."""
        others = [offer.name for offer in offers if offer.name != agreeing and not offer.aside]
        return others[0] if others and self.chance("again") < 0.3 else agreeing

    def answer(self, name: str, offers: tuple[Offer, ...], *, rated: bool) -> str:
        """The choice taken of those offered; agreeable in screening, mostly content in rating."""
        if not rated:
            return offers[0].name
        scale = [offer.name for offer in offers if not offer.aside]
        aside = [offer.name for offer in offers if offer.aside]
        mood = self.chance("content")
        draw = self.chance("item", name)
        if aside and draw > 0.94:
            return aside[int(self.chance("aside", name) * len(aside))]
        place = int((draw * 0.6 + mood * 0.4) ** 1.6 * len(scale))
        return scale[min(place, len(scale) - 1)]


class _Silent:
    def dial(self, number: str) -> None:
        """Nobody is called."""

    def hang_up(self) -> None:
        """Nothing to end."""


class Station:
    """One simulated station.

    Args:
        ctx: the simulated operator's session, on a virtual clock.
        seed: of the simulation.
        pass_time: moves the clock by seconds.
    """

    def __init__(
        self,
        ctx: Context,
        programme: LoadedProgramme,
        script: Script,
        seed: int,
        pass_time: Callable[[float], None],
    ) -> None:
        self._script = script
        self._seed = seed
        self._opinions = opinion_items(programme.programme)
        self._again, _sign, self._agreeing = programme.programme.settings.call_again.partition("=")
        self._pass = pass_time
        self._ids = 0
        self._ctx = ctx
        self.runner = CallRunner(
            ctx,
            programme,
            script=script,
            dialler=_Silent(),
            recorder=None,
            writing=ThroughServices(ctx, programme, DatabaseAnswerLog(ctx)),
            recording_public=b"",
            folder=Path(),
            new_id=self._new_id,
            simulated=True,
            lease=LEASE,
        )

    def _new_id(self) -> str:
        self._ids += 1
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self._ctx.session_id}|{self._ids}"))

    def one_case(self) -> str | None:
        """Work one case to an outcome; None when the queue has nothing now."""
        try:
            assignment = self.runner.claim()
        except CatiError as refusal:
            if refusal.code not in SEASON_OVER:
                raise
            return None
        if assignment is None:
            return None
        self.runner.take(assignment)
        person = Respondent(self._seed, assignment.ticket)
        outcome = "complete"  # unless all was asked already when the simulation was stopped
        if self.runner.call.phase is Phase.READY:
            self.runner.dial()
            self._pass(SECONDS_PER_ATTEMPT)
            outcome = self._talk(person, assignment)
        interview = self.runner.call.outcome
        if outcome == "appointment":
            when = self._ctx.clock.now() + timedelta(hours=3 + int(person.chance("when") * 40))
            self.runner.settle(outcome, not_before=when, firm=False)
        else:
            self.runner.settle(outcome)
        return "no_opinion" if interview is not None and interview.no_opinion else outcome

    def _talk(self, person: Respondent, assignment: Assignment) -> str:
        runner = self.runner
        attempt = len(assignment.history) + 1
        line = person.line(attempt)
        if line != "answered":
            runner.end()
            return line
        runner.connect()
        leaves = person.leaves()
        if not leaves and person.postpones(attempt):
            leaves = "appointment"
        rated = 0
        while runner.call.shown is not None and runner.call.phase is Phase.CONNECTED:
            if leaves and (leaves != "break_off" or rated == 3):
                break
            rated += self._answer(runner.call, person)
        runner.end()
        interview = runner.call.outcome
        done = interview is not None and interview.state == "complete"
        return "complete" if done else leaves

    def _answer(self, call: Call, person: Respondent) -> int:
        name = call.shown
        assert name is not None
        question = self._script.question(name)
        self._pass(SECONDS_PER_ANSWER)
        rated = question.weight is not None
        if question.type.startswith("select"):
            offers = self._script.offers(name, call.facts, "zh")
            again = name == self._again
            said = (
                person.agrees(self._agreeing, offers) if again else person.answer(name, offers, rated=rated)
            )
            self.runner.answer(said)
        elif question.type == "note":
            self.runner.answer("read")
        else:
            self.runner.answer(person.words(name) if name in self._opinions else "")
        return int(rated)


def beginning(ctx: Context, programme: LoadedProgramme) -> datetime:
    """When a simulation begins: at `start_of_fieldwork`.

    A server that everybody signs in to as themselves shows operators their own last day: there it begins now
    if fieldwork began earlier.
    """
    now = ctx.clock.now()
    start = start_of_fieldwork(programme, now)
    if ctx.database.personal and start < now:
        return _opening(programme, now)
    return start


def start_of_fieldwork(programme: LoadedProgramme, now: datetime) -> datetime:
    """The first moment of call hours from the start of fieldwork on (from `now` if it has none)."""
    settings = programme.programme.settings
    start = now
    if settings.fieldwork_start is not None:
        day = settings.fieldwork_start
        start = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(settings.timezone))
    return _opening(programme, start)


def _opening(programme: LoadedProgramme, start: datetime) -> datetime:
    groups = tuple(g.code for g in programme.programme.groups)
    opening = next_opening(programme.programme.settings, groups, start)
    if opening is None:
        raise CatiError("no_call_hours", N_("The programme has no call hours left. Nothing was simulated."))
    return opening


def refuse_if_live(ctx: Context, programme: LoadedProgramme) -> None:
    """Refuse to mix invented interviews with real ones.

    Raises:
        CatiError: ``programme_is_live``, ``not_drawn``.
    """
    if programme.state == "setup":
        raise CatiError("not_drawn", N_("The lists are not drawn yet. Hold the draw first."))
    if programme.state == "closed":
        raise CatiError("fieldwork_closed", N_("Fieldwork of this programme is closed. Nothing was changed."))
    if calls.has_live_attempts(ctx, programme):
        raise CatiError(
            "programme_is_live",
            N_("People have already been called in this programme. Simulate in a database of its own."),
        )


def simulate(
    ctx: Context,
    programme: LoadedProgramme,
    *,
    stations: int,
    seed: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Simulated:
    """Fill every cell of a drawn programme with invented interviews, then close fieldwork.

    Where lists and public pool run dry, or the last day of calling passes, cells stay short, and it ends.
    A simulation that was stopped is taken up where it was.

    Args:
        ctx: of a bureau user, who opens the supplements.
        stations: 1 to 256; they take turns in one process.
        progress: gets interviews done and wanted.

    Raises:
        CatiError: see `refuse_if_live`.
    """
    refuse_if_live(ctx, programme)
    clock = VirtualClock(beginning(ctx, programme))
    script = Script.of(programme.programme)
    bureau = Context(ctx.database, clock, ctx.actor, ctx.keys, ctx.session_id)
    operators = simulated.hire(bureau, programme, stations)
    floor = [
        Station(operator, programme, script, seed, lambda s: clock.advance(s / stations))
        for operator in operators
    ]
    done, attempts = interviewed(bureau, programme), 0
    total = programme.programme.quota
    try:
        while done < total:
            outcomes = [station.one_case() for station in floor]
            attempts += sum(o is not None for o in outcomes)
            done += outcomes.count("complete")
            progress(done, total)
            if not any(outcomes):
                moment = next_moment(bureau, programme)
                if moment is None:
                    break
                clock.move_to(moment)
    finally:
        simulated.dismiss(ctx, operators)
    return finish(bureau, programme, attempts)


def interviewed(ctx: Context, programme: LoadedProgramme) -> int:
    """Interviews that fill quotas already, as after a simulation that was stopped."""
    return sum(cell.completed for cell in quotas.cells(ctx, programme))


def next_moment(ctx: Context, programme: LoadedProgramme) -> datetime | None:
    """When stations that found nobody go on: at once when the pool was opened; None if nobody is left."""
    now = ctx.clock.now()
    if _open_dry_cells(ctx, programme):
        return now
    due = queue.next_due(ctx, programme)
    if due is None or all(cell.dry for cell in _short(ctx, programme)):
        return None
    # A case that is due but was not handed out waits for its owner or another operator.
    return max(due, now + timedelta(minutes=1))


def _open_dry_cells(ctx: Context, programme: LoadedProgramme) -> int:
    """Open the supplement of every cell whose list has run dry and that may have one; gives cases added."""
    takes, added = programme.programme.group, 0
    for cell in _short(ctx, programme):
        if cell.dry and takes(cell.group).takes_pool:
            try:
                added += supplements.open_supplement(ctx, programme, cell.unit, cell.group, REASON)
            except CatiError as refusal:
                if refusal.code != "pool_used_up":
                    raise
                break  # All cells share the pool.
    return added


def _short(ctx: Context, programme: LoadedProgramme) -> list[CellProgress]:
    return [cell for cell in quotas.cells(ctx, programme) if cell.completed < cell.quota]


def finish(ctx: Context, programme: LoadedProgramme, attempts: int) -> Simulated:
    """Close fieldwork and count what there is."""
    cells = quotas.cells(ctx, programme)
    programmes.close_fieldwork(ctx, programme.programme.code)
    return Simulated(
        interviews=sum(c.completed + c.overshoot for c in cells),
        attempts=attempts,
        cells=sum(c.completed >= c.quota for c in cells),
        overshoot=sum(c.overshoot for c in cells),
        supplemented={f"{c.unit_name}/{c.group_label}": c.from_pool for c in cells if c.from_pool},
        short={
            f"{c.unit_name}/{c.group_label}": c.quota - c.completed for c in cells if c.completed < c.quota
        },
    )
