"""Where a programme stands: six stages, the one next step, what is still missing, and when it will be done.

Codes and figures only; what they are called is for the screen to say.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cati.domain.forecast import Calling, Forecast, foretell
from cati.domain.programmes import Programme
from cati.domain.users import Right

REVIEW_PATIENCE = 3
"""Days after which an interview without a verdict is open for too long."""


class StageName(StrEnum):
    """The six stages, in their order."""

    LISTS = "lists"
    DRAW = "draw"
    FIELD = "field"
    REVIEW = "review"
    SCORES = "scores"
    REPORT = "report"


class Standing(StrEnum):
    """How far a stage is."""

    WAITING = "waiting"
    UNDER_WAY = "under_way"
    DONE = "done"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class ListFacts:
    """Phone lists: how many cells have one, and the rows of those in force."""

    wanted: int
    here: int
    rows: int
    usable: int
    late: int
    short: int
    pool: bool


@dataclass(frozen=True, slots=True)
class DrawFacts:
    """The draw; `state` is empty before it was begun, else committed or held.

    Attributes:
        waiting: names of the parties that have not revealed.
        tickets: entries that have one.
        certificate: digest the certificate states, empty before the draw was held.
        later: lists that came after it and were not drawn yet.
    """

    state: str = ""
    on: date | None = None
    parties: int = 0
    waiting: tuple[str, ...] = ()
    tickets: int = 0
    certificate: str = ""
    later: int = 0


@dataclass(frozen=True, slots=True)
class CellFacts:
    """How far one cell is; `left` counts cases that have not ended; `takes_pool`: the pool may fill it."""

    unit: str
    group: str
    completed: int
    quota: int
    left: int
    takes_pool: bool = True

    @property
    def dry(self) -> bool:
        """Whether places are open and nobody is left to call."""
        return self.completed < self.quota and self.left == 0


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """Calling.

    Attributes:
        by_day: interviews that count, by the local day on which they ended.
        under_way: cases that somebody works on now.
        soon_dry: cells that will run dry before their quota is reached.
        closed_on: local day on which fieldwork was closed.
    """

    cells: tuple[CellFacts, ...]
    by_day: Mapping[date, int]
    under_way: int
    soon_dry: int
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """Verdicts on complete interviews; `oldest` is the local day of the oldest one without any."""

    complete: int
    decided: int
    excluded: int
    sent_back: int
    oldest: date | None


@dataclass(frozen=True, slots=True)
class ScoreFacts:
    """What scores still need.

    Attributes:
        missing: units without a finished score, by code of the channel.
        late: names of units whose lists came late and about which nothing was decided.
        proposed: names of units with points proposed and neither confirmed nor waived.
        signed_by: the second body, empty before it approved.
        late_proposed: how many of those are for lists that came late.
    """

    missing: Mapping[str, int]
    late: tuple[str, ...]
    proposed: tuple[str, ...]
    signed_by: str = ""
    late_proposed: int = 0


@dataclass(frozen=True, slots=True)
class Overdue:
    """What units have not handed in, or not answered, though its day is past.

    Attributes:
        what: the unit, and the thing where there are several, as people read them.
        due: the last day, which is included.
        count: how many it stands for.
    """

    what: str
    due: date
    count: int = 1


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of a programme's course; `state` as in `LoadedProgramme`.

    Attributes:
        hand_ins: overdue, as far as whoever asks may decide on them; lists are counted apart.
        replies: overdue answers to opinions, by unit.
    """

    programme: Programme
    state: str
    today: date
    lists: ListFacts
    draw: DrawFacts
    field: FieldFacts
    review: ReviewFacts
    scores: ScoreFacts
    reported_on: date | None = None
    hand_ins: tuple[Overdue, ...] = ()
    replies: tuple[Overdue, ...] = ()

    @property
    def completed(self) -> int:
        """Interviews that fill a place of a quota."""
        return sum(cell.completed for cell in self.field.cells)


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do.

    Attributes:
        code: names it to the screen.
        place: where it is done, a place of the office.
        right: who may do it.
        count: how many things it concerns, 0 where that says nothing.
        names: of what it concerns, as people read them.
        on: a day that matters.
        urgent: whether something is held up by it.
    """

    code: str
    place: str
    right: Right
    count: int = 0
    names: tuple[str, ...] = ()
    on: date | None = None
    urgent: bool = True


@dataclass(frozen=True, slots=True)
class Milestone:
    """A day of the programme's calendar; `code` names it, `past` says that it lies behind."""

    on: date
    code: str
    past: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """Where a programme stands.

    Attributes:
        stages: in the order of `StageName`.
        next_step: the one thing to do; None when there is none for whoever asks.
        open_matters: whatever else is missing, most urgent first.
    """

    facts: Facts
    stages: tuple[tuple[StageName, Standing], ...]
    next_step: Step | None
    open_matters: tuple[Step, ...]
    forecast: Forecast
    calendar: tuple[Milestone, ...]


def overview(facts: Facts, rights: Collection[Right]) -> Overview:
    """Where a programme stands, for somebody with these rights: nobody is told to do what he may not."""
    settings = facts.programme.settings
    forecast = foretell(
        Calling(
            facts.today,
            facts.completed,
            facts.programme.quota,
            settings.fieldwork_start,
            settings.fieldwork_end or settings.expires,
            frozenset(settings.closed_days),
            facts.field.by_day,
            facts.field.closed_on,
            facts.state in ("setup", "drawn"),
        )
    )
    steps = [step for step in _steps(facts, forecast) if step.right in rights]
    first = steps[0] if steps else None
    matters = [matter for matter in _matters(facts) if matter.right in rights]
    return Overview(
        facts,
        tuple((name, _standing(name, facts)) for name in StageName),
        first,
        tuple(
            sorted((m for m in matters if first is None or m.code != first.code), key=lambda m: not m.urgent)
        ),
        forecast,
        _calendar(facts),
    )


def _standing(name: StageName, facts: Facts) -> Standing:
    drawn, closed = facts.state != "setup", facts.state in ("closed", "retired")
    match name:
        case StageName.LISTS:
            if drawn or facts.draw.state:
                return Standing.DONE
            return Standing.UNDER_WAY if facts.lists.here else Standing.WAITING
        case StageName.DRAW:
            if drawn:
                return Standing.DONE
            return Standing.UNDER_WAY if facts.draw.state else Standing.WAITING
        case StageName.FIELD:
            return Standing.DONE if closed else Standing.UNDER_WAY if drawn else Standing.WAITING
        case StageName.REVIEW:
            if not facts.review.complete:
                return Standing.WAITING
            return (
                Standing.DONE
                if closed and facts.review.decided == facts.review.complete
                else Standing.UNDER_WAY
            )
        case StageName.SCORES:
            if not closed:
                return Standing.LOCKED
            return Standing.DONE if facts.scores.signed_by else Standing.UNDER_WAY
        case StageName.REPORT:
            return Standing.DONE if facts.reported_on else Standing.WAITING


def _steps(facts: Facts, forecast: Forecast) -> list[Step]:
    """What comes next, the first thing first; `overview` takes the first one that is allowed."""
    match facts.state:
        case "setup":
            return _steps_before_the_draw(facts)
        case "drawn":
            return _steps_in_the_field(facts, forecast)
        case "closed":
            return _steps_after_fieldwork(facts)
        case _:
            return []


def _steps_before_the_draw(facts: Facts) -> list[Step]:
    lists, draw = facts.lists, facts.draw
    if not facts.programme.has_interviews:
        without = {channel: count for channel, count in facts.scores.missing.items() if count}
        if without:
            return [Step("enter_scores", "scores", Right.ADJUST, max(without.values()), tuple(without))]
        return [Step("close_unasked", "scores", Right.CLOSE_FIELDWORK)]
    deadline = facts.programme.settings.deadlines
    if draw.state == "committed":
        if draw.waiting:
            return [Step("reveal", "draws", Right.DRAW, len(draw.waiting), draw.waiting)]
        return [Step("hold_draw", "draws", Right.DRAW, on=deadline.get("draw"))]
    if lists.here < lists.wanted:
        missing = lists.wanted - lists.here
        return [Step("import_lists", "frames", Right.IMPORT_FRAMES, missing, on=deadline.get("lists"))]
    return [Step("begin_draw", "draws", Right.DRAW, on=deadline.get("draw"))]


def _steps_in_the_field(facts: Facts, forecast: Forecast) -> list[Step]:
    settings = facts.programme.settings
    steps = []
    if facts.draw.later:
        steps.append(Step("draw_later", "draws", Right.DRAW, facts.draw.later))
    over = settings.fieldwork_end is not None and facts.today > settings.fieldwork_end
    if over or facts.completed >= facts.programme.quota:
        code = "close_late" if facts.completed < facts.programme.quota else "close_full"
        missing = max(0, facts.programme.quota - facts.completed)
        steps.append(Step(code, "scores", Right.CLOSE_FIELDWORK, missing, on=settings.fieldwork_end))
    dry = [cell for cell in facts.field.cells if cell.dry and cell.takes_pool]
    if dry:
        names = tuple(f"{cell.unit} {cell.group} {cell.completed}/{cell.quota}" for cell in dry)
        steps.append(Step("supplement", "quotas", Right.OPEN_SUPPLEMENT, len(dry), names))
    if forecast.in_time is False:
        steps.append(
            Step("speed_up", "field", Right.SEE_PROGRESS, forecast.needed or 0, on=settings.fieldwork_end)
        )
    waiting = facts.review.complete - facts.review.decided
    old = facts.review.oldest
    if old is not None and (facts.today - old).days >= REVIEW_PATIENCE:
        steps.append(Step("review", "review", Right.REVIEW, waiting, on=old))
    if settings.fieldwork_start is not None and facts.today < settings.fieldwork_start:
        steps.append(Step("wait_for_start", "field", Right.SEE_PROGRESS, on=settings.fieldwork_start))
    steps.append(Step("go_on", "field", Right.SEE_PROGRESS, max(0, facts.programme.quota - facts.completed)))
    return steps


def _steps_after_fieldwork(facts: Facts) -> list[Step]:
    scores = facts.scores
    steps = []
    missing = {channel: count for channel, count in scores.missing.items() if count}
    if missing:
        steps.append(Step("enter_scores", "scores", Right.ADJUST, max(missing.values()), tuple(missing)))
    undecided = tuple(dict.fromkeys((*scores.proposed, *scores.late)))
    if undecided:
        steps.append(Step("decide_points", "scores", Right.ADJUST, len(undecided), undecided))
    waiting = facts.review.complete - facts.review.decided
    if waiting and facts.programme.settings.accepted_only:
        steps.append(Step("review", "review", Right.REVIEW, waiting, on=facts.review.oldest))
    if not scores.signed_by:
        steps.append(Step("sign_off", "scores", Right.ADJUST))
    if facts.reported_on is None:
        on = facts.programme.settings.deadlines.get("report")
        steps.append(Step("report", "scores", Right.EXPORT, on=on))
    else:
        steps.append(Step("retire", "programmes", Right.SET_UP_PROGRAMME, on=facts.reported_on))
    if waiting and not facts.programme.settings.accepted_only:
        # No score waits for it; but it is what a supervisor has left to do.
        steps.append(Step("review", "review", Right.REVIEW, waiting, on=facts.review.oldest))
    return steps


def _matters(facts: Facts) -> list[Step]:
    """What is missing beside the next step, whatever the stage."""
    if facts.state == "retired":
        return []
    scores, found = facts.scores, []
    undecided = tuple(dict.fromkeys((*scores.proposed, *scores.late)))
    if undecided:
        found.append(Step("decide_points", "scores", Right.ADJUST, len(undecided), undecided))
    for code, place, right, overdue in (
        ("overdue_hand_ins", "frames", Right.ADJUST, facts.hand_ins),
        ("overdue_replies", "opinions", Right.LISTEN, facts.replies),
    ):
        if overdue:
            names = tuple(f"{one.what} {one.due.isoformat()}" for one in overdue)
            first = min(one.due for one in overdue)
            found.append(Step(code, place, right, sum(one.count for one in overdue), names, first))
    missing = {channel: count for channel, count in scores.missing.items() if count}
    if missing:
        count, closed = max(missing.values()), facts.state == "closed"
        found.append(Step("enter_scores", "scores", Right.ADJUST, count, tuple(missing), urgent=closed))
    if facts.state in ("setup", "drawn"):
        if facts.field.soon_dry:
            found.append(Step("soon_dry", "quotas", Right.SEE_PROGRESS, facts.field.soon_dry))
        assumed = facts.programme.settings.assumed
        if assumed:
            found.append(
                Step(
                    "assumed",
                    "programmes",
                    Right.SET_UP_PROGRAMME,
                    len(assumed),
                    tuple(assumed),
                    urgent=False,
                )
            )
    if facts.state == "setup":
        if facts.lists.short:
            found.append(Step("short_lists", "frames", Right.IMPORT_FRAMES, facts.lists.short))
        if facts.programme.has_interviews and not facts.lists.pool:
            found.append(Step("no_pool", "frames", Right.IMPORT_FRAMES, urgent=False))
    waiting = facts.review.complete - facts.review.decided
    if waiting:
        late = facts.review.oldest is not None and (facts.today - facts.review.oldest).days >= REVIEW_PATIENCE
        found.append(Step("review", "review", Right.REVIEW, waiting, on=facts.review.oldest, urgent=late))
    return found


def _calendar(facts: Facts) -> tuple[Milestone, ...]:
    settings = facts.programme.settings
    days: dict[str, date | None] = {
        **settings.deadlines,
        "fieldwork_start": settings.fieldwork_start,
        "fieldwork_end": settings.fieldwork_end,
        "expires": settings.expires,
    }
    found = [Milestone(day, code, day < facts.today) for code, day in days.items() if day is not None]
    return tuple(sorted(found, key=lambda milestone: milestone.on))
