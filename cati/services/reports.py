"""What reports are written from, read in one go."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from cati.base.errors import CatiError
from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.domain.draws import certificate_digest
from cati.domain.hotline_scores import HotlineLine
from cati.domain.programmes import LoadedProgramme, Programme, in_language
from cati.domain.report_facts import Approval, Below, DrawnRoster, Facts, Lot
from cati.domain.representatives import invited
from cati.domain.score_plan import named_in, score_plan
from cati.domain.scoring import Working, working
from cati.domain.users import Right
from cati.services import claims, hotline, rates, scoring
from cati.services.context import Context
from cati.store import ballots as ballot_store
from cati.store import draws as draw_store
from cati.store import indicators as indicator_store
from cati.store import overview as overview_store
from cati.store import quotas as quota_store
from cati.store import rates as rate_store
from cati.store import releases
from cati.store import representatives as roster_store
from cati.store import scoring as score_store
from cati.store import web as web_store
from cati.store.engine import Connection


def approved(ctx: Context, programme: LoadedProgramme) -> Facts:
    """What the report of a programme tells, in the language in use.

    Raises:
        CatiError: ``not_allowed``, ``fieldwork_open``, ``scores_not_approved``, ``scores_changed``.
    """
    board = scoring.board(ctx, programme)
    if board.sign_off is None:
        raise CatiError(
            "scores_not_approved",
            N_(
                "Nobody has approved the scores yet. Nothing was written. Let a second body approve them: "
                "Ctrl+8, then A in the office, or “cati approve”."
            ),
        )
    if board.changed:
        raise CatiError(
            "scores_changed",
            N_(
                "The scores have changed since {body} approved them. Nothing was written. Let them be "
                "approved as they are now: Ctrl+8, then A in the office, or “cati approve”."
            ),
            body=board.sign_off.body,
        )
    return facts(ctx, programme)


def facts(ctx: Context, programme: LoadedProgramme) -> Facts:
    """As `approved`, approved or not.

    Raises:
        CatiError: ``not_allowed``, ``fieldwork_open``.
    """
    ctx.actor.require(Right.SEE_SCORES)
    spoken = language()
    definition = named_in(programme.programme, spoken.split("_")[0])
    plan = score_plan(definition)
    zone = ZoneInfo(definition.settings.timezone)
    with ctx.database.read() as connection:
        scoring.refuse_while_open(connection, programme)
        lines = tuple(scoring.scored(connection, programme, plan))
        workings: dict[tuple[str, str], Working] = {
            (channel, unit): working(scoring.plan_of(plan, channel), unit, collected)
            for channel, unit, collected in scoring.collected_by(connection, programme, plan)
        }
        signed = releases.last_sign_off(connection, programme.id)
        if signed is not None and signed.sha256 != scoring.digest(lines):
            signed = None
        dialled = rate_store.first_and_last(connection, programme.id)
        known = Facts(
            programme=definition,
            plan=plan,
            lines=lines,
            workings=workings,
            approval=None
            if signed is None
            else Approval(signed.body, signed.signer, _day(signed.signed_at, zone)),
            made_on=_day(ctx.now(connection), zone),
            language=spoken,
            dialled=None if dialled is None else (_day(dialled[0], zone), _day(dialled[1], zone)),
            closed_on=_day_or_none(overview_store.closed_at(connection, programme.id), zone),
            lot=_lot(connection, programme, zone),
            roster_lot=_roster_lot(connection, programme, zone),
            rosters=_rosters(connection, programme, definition),
            below=_below(connection, programme, definition),
            ballots=_ballots(connection, programme),
            surveys=_surveys(connection, programme),
            simulated=score_store.simulated_interviews(
                connection, programme.id, accepted_only=definition.settings.accepted_only
            ),
            indicator_points=indicator_store.points(connection, programme.id),
            undecided=score_store.undecided(connection, programme.id),
            claims=claims.listed(connection, programme),
            hotline=_hotline(connection, programme),
        )
    found = rates.indicators(ctx, programme)
    if not found:
        return known
    return replace(known, rates=found[0].rates, outcomes=rates.outcomes(ctx, programme))


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _day_or_none(moment: datetime | None, zone: ZoneInfo) -> date | None:
    return None if moment is None else _day(moment, zone)


def _lot(connection: Connection, programme: LoadedProgramme, zone: ZoneInfo) -> Lot | None:
    draw, *later = draw_store.live_draws(connection, programme.id) or (None,)
    if draw is None or draw.certificate is None:
        return None
    lot = _stated(draw.certificate, zone)
    return replace(
        lot,
        later=tuple(
            (_day_or_none(one.held_at, zone), certificate_digest(one.certificate))
            for one in later
            if one is not None and one.certificate is not None
        ),
    )


def _stated(certificate: bytes, zone: ZoneInfo) -> Lot:
    """What a certificate states of its draw."""
    known = json.loads(certificate)
    return Lot(
        _day(datetime.fromisoformat(known["drawn"]), zone),
        known["digest"],
        known["frame_hash"],
        tuple(party["name"] for party in known["parties"]),
        known["public"]["name"],
        known["seed"],
    )


def _roster_lot(connection: Connection, programme: LoadedProgramme, zone: ZoneInfo) -> Lot | None:
    held = roster_store.held_draw(connection, programme.id)
    return None if held is None else _stated(held[0], zone)


def _rosters(connection: Connection, programme: LoadedProgramme, named: Programme) -> tuple[DrawnRoster, ...]:
    known = roster_store.members(connection, programme.id)
    found = []
    for roster in named.rosters:
        members = [member for member in known if member.roster == roster.code]
        places = {m.place: bool(m.absent_for) for m in members if m.place is not None}
        if places:
            label = in_language(roster.labels, language(), roster.code)
            absent = tuple(place for place in sorted(places) if places[place])
            instead = tuple(place for place in invited(places, roster.drawn) if place > roster.drawn)
            found.append(DrawnRoster(roster.channel, label, len(members), roster.drawn, absent, instead))
    return tuple(found)


def _below(connection: Connection, programme: LoadedProgramme, named: Programme) -> tuple[Below, ...]:
    units = {unit.code: unit.name for unit in named.units}
    groups = {group.code: group.label for group in named.groups}
    return tuple(
        Below(units[cell.unit], groups[cell.group], cell.quota, cell.completed)
        for cell in quota_store.progress(connection, programme.id)
        if cell.completed < cell.quota
    )


def _hotline(connection: Connection, programme: LoadedProgramme) -> tuple[HotlineLine, ...]:
    try:
        return hotline.in_lines(connection, programme)
    except CatiError as error:
        if error.code != "holidays_unknown":
            raise
        # Tickets only check what scores: no report has to wait for a calendar that tells of their year.
        return hotline.in_lines(connection, programme, checked=False)


def _ballots(connection: Connection, programme: LoadedProgramme) -> dict[str, tuple[int, int]]:
    taken: Counter[str] = Counter()
    void: Counter[str] = Counter()
    for one in ballot_store.ballot_sets_of(connection, programme.id):
        if not one.withdrawn_for:
            taken[one.channel] += one.ballots
            void[one.channel] += one.void
    return {channel: (count, void[channel]) for channel, count in taken.items()}


def _surveys(connection: Connection, programme: LoadedProgramme) -> dict[str, tuple[int, int, int]]:
    found: dict[str, tuple[int, int, int]] = {}
    for one in web_store.sets_of(connection, programme.id):
        if not one.withdrawn_for:
            opinions, doubles, void = found.get(one.channel, (0, 0, 0))
            found[one.channel] = opinions + one.opinions, doubles + one.doubles, void + one.void
    return found
