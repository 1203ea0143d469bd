"""Where a programme stands, for whoever may see how far it is."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cati.domain.draws import certificate_digest
from cati.domain.exports import What
from cati.domain.frames import DEADLINE
from cati.domain.overview import (
    CellFacts,
    DrawFacts,
    Facts,
    FieldFacts,
    ListFacts,
    Overdue,
    Overview,
    ReviewFacts,
    ScoreFacts,
    overview,
)
from cati.domain.programmes import LoadedProgramme
from cati.domain.score_plan import score_plan
from cati.domain.users import Right
from cati.services import drawn_lists, exemptions, indicators, register
from cati.services.adjustments import LATE
from cati.services.context import Context
from cati.store import ballots as ballot_store
from cati.store import draws as draw_store
from cati.store import frames as frame_store
from cati.store import hotline as hotline_store
from cati.store import opinion_bundles as bundle_store
from cati.store import overview as store
from cati.store import quotas as quota_store
from cati.store import register as register_store
from cati.store import releases
from cati.store import scoring as score_store
from cati.store import web as web_store
from cati.store.engine import Connection
from cati.store.quotas import CellProgress

# With fewer cases left than this for each interview that is missing, a cell is likely to run dry.
CASES_PER_INTERVIEW = 2


def look(ctx: Context, programme: LoadedProgramme) -> Overview:
    """Where a programme stands, with what the actor has to do next.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        facts = _facts(ctx, connection, programme)
    return overview(facts, [right for right in Right if ctx.actor.may(right)])


def _facts(ctx: Context, connection: Connection, programme: LoadedProgramme) -> Facts:
    zone = ZoneInfo(programme.programme.settings.timezone)

    def day(moment: datetime | None) -> date | None:
        return None if moment is None else moment.astimezone(zone).date()

    today = day(ctx.now(connection))
    assert today is not None
    draw = draw_store.live_draw(connection, programme.id)
    return Facts(
        programme.programme,
        draw_store.programme_state(connection, programme.id),
        today,
        _lists(connection, programme),
        DrawFacts()
        if draw is None
        else DrawFacts(
            draw.state,
            day(draw.held_at or draw.created_at),
            len(draw.parties),
            tuple(party.name for party in draw.parties if party.reveal is None),
            store.tickets(connection, programme.id),
            "" if draw.certificate is None else certificate_digest(draw.certificate),
            len(drawn_lists.waiting(connection, programme)) if draw.state == "held" else 0,
        ),
        _field(connection, programme, zone, day(store.closed_at(connection, programme.id))),
        _review(connection, programme, zone),
        _scores(connection, programme),
        next(
            (
                day(file.at)
                for file in reversed(releases.exported(connection, programme.id))
                if file.what in (What.SCORES, What.REPORT)
            ),
            None,
        ),
        _hand_ins(ctx, connection, programme) if ctx.actor.may(Right.ADJUST) else (),
        _replies(connection, programme, today) if ctx.actor.may(Right.LISTEN) else (),
    )


def _hand_ins(ctx: Context, connection: Connection, programme: LoadedProgramme) -> tuple[Overdue, ...]:
    """What has not come by its day; lists are among the stages already."""
    found = register.look_in(ctx, connection, programme)
    return tuple(
        Overdue(f"{unit.name} {register.item_name(entry.item)}", found.due[entry.item.due])
        for unit, entry in register.overdue(found)
    )


def _replies(connection: Connection, programme: LoadedProgramme, today: date) -> tuple[Overdue, ...]:
    found: dict[str, Overdue] = {}
    for unit, due, count in bundle_store.overdue(connection, programme.id, today):
        name = programme.programme.unit(unit).name
        before = found.get(unit, Overdue(name, due, 0))
        found[unit] = Overdue(name, min(due, before.due), before.count + count)
    return tuple(found.values())


def _lists(connection: Connection, programme: LoadedProgramme) -> ListFacts:
    current = [frame for frame in frame_store.stored_frames(connection, programme.id) if frame.current]
    listed = [frame for frame in current if frame.unit is not None]
    return ListFacts(
        wanted=len(programme.programme.lists),
        here=len(listed),
        rows=sum(frame.rows for frame in listed),
        usable=sum(frame.accepted for frame in listed),
        late=sum(frame.late for frame in listed),
        short=len({one.frame.id for one in exemptions.wanting(connection, programme)}),
        pool=len(current) > len(listed),
    )


def _field(
    connection: Connection, programme: LoadedProgramme, zone: ZoneInfo, closed_on: date | None
) -> FieldFacts:
    by_day: Counter[date] = Counter()
    for hour, count in store.completed_by_hour(connection, programme.id).items():
        by_day[hour.astimezone(zone).date()] += count
    cells, group = quota_store.progress(connection, programme.id), programme.programme.group
    return FieldFacts(
        tuple(
            CellFacts(c.unit_name, c.group_label, c.completed, c.quota, c.left, group(c.group).takes_pool)
            for c in cells
        ),
        by_day,
        store.under_way(connection, programme.id),
        sum(_soon_dry(cell) for cell in cells),
        closed_on,
    )


def _soon_dry(cell: CellProgress) -> bool:
    return 0 < cell.left < CASES_PER_INTERVIEW * (cell.quota - cell.completed)


def _review(connection: Connection, programme: LoadedProgramme, zone: ZoneInfo) -> ReviewFacts:
    found = {line.verdict: line for line in store.by_verdict(connection, programme.id)}
    waiting = [line.oldest for verdict, line in found.items() if verdict in (None, "second") and line.oldest]
    return ReviewFacts(
        complete=sum(line.number for line in found.values()),
        decided=sum(line.number for verdict, line in found.items() if verdict not in (None, "second")),
        excluded=found["excluded"].number if "excluded" in found else 0,
        sent_back=found["sent_back"].number if "sent_back" in found else 0,
        oldest=min(waiting).astimezone(zone).date() if waiting else None,
    )


def _scores(connection: Connection, programme: LoadedProgramme) -> ScoreFacts:
    definition = programme.programme
    known = _with_opinions(connection, programme)
    names = {unit.code: unit.name for unit in definition.units}
    points = score_store.stored_adjustments(connection, programme.id)
    decided = {a.unit for a in points if a.code == LATE}
    decided |= register_store.waived(connection, programme.id, DEADLINE)
    rule = any(a.code == LATE for a in definition.adjustments)
    signed = releases.last_sign_off(connection, programme.id)
    plan = score_plan(definition)
    # What is worth nothing is not waited for.
    worth = {series: plan.shares(series) for series in {unit.series for unit in definition.units}}
    return ScoreFacts(
        missing={
            channel.code: sum(
                bool(worth[unit.series].get(channel.code)) and (channel.code, unit.code) not in known
                for unit in definition.units
            )
            for channel in definition.other_channels
        },
        late=tuple(
            names[u] for u in score_store.late_units(connection, programme.id) if rule and u not in decided
        ),
        proposed=tuple(names[a.unit] for a in points if a.state == "proposed"),
        late_proposed=sum(a.code == LATE and a.state == "proposed" for a in points),
        signed_by="" if signed is None else signed.body,
    )


def _with_opinions(connection: Connection, programme: LoadedProgramme) -> set[tuple[str, str]]:
    """Codes of channel and unit where a score was entered, or comes from what was taken from files."""
    found = set(score_store.finished_scores(connection, programme.id))
    for heard in (ballot_store.SETS.units_heard, web_store.SETS.units_heard):
        for channel, codes in heard(connection, programme.id).items():
            found |= {(channel, unit) for unit in codes}
    found |= set(indicators.scores(connection, programme))
    adopted = hotline_store.adopted(connection, programme.id)
    hotlines = (c.code for c in programme.programme.channels if c.kind == "hotline")
    return found | {(channel, unit) for channel in hotlines for unit in adopted}
