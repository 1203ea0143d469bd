"""The register of what units hand in: when it came, what was late or missing, and what follows from that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from cati.base.errors import CatiError
from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.domain.programmes import AdjustmentRule, HandIn, LoadedProgramme, Unit, in_language
from cati.domain.register import LISTS, OVERDUE, PROGRESS, Receipt, Standing, hand_ins, standing
from cati.domain.users import Right
from cati.services import adjustments, audit, indicators
from cati.services.adjustments import StoredAdjustment
from cati.services.context import Context
from cati.services.indicators import Report
from cati.services.reasons import given_reason
from cati.services.today import today_of
from cati.store import frames as frame_store
from cati.store import register as store
from cati.store import scoring as score_store
from cati.store.engine import Connection
from cati.store.frames import StoredFrame


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing one unit hands in, with what is proposed or decided on its ground."""

    item: HandIn
    receipt: Receipt
    standing: Standing
    adjustment: StoredAdjustment | None


@dataclass(frozen=True, slots=True)
class Line:
    """One unit with its entries, in the order of the items."""

    unit: Unit
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """All that is known; `due` tells the days by which, by the name of the deadline."""

    items: tuple[HandIn, ...]
    due: Mapping[str, date]
    lines: tuple[Line, ...]


def look(ctx: Context, programme: LoadedProgramme) -> Register:
    """The register of a programme; points stand in it for whoever decides on them.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        return look_in(ctx, connection, programme)


def enter(
    ctx: Context, programme: LoadedProgramme, unit: str, item: str, received_on: date, document: str = ""
) -> Entry:
    """Write down on which day a unit handed something in, in place of what was written before.

    Points that were proposed since it was late or missing fall away when it is neither.

    Args:
        ctx: somebody who may adjust scores.
        programme: whose.
        unit: name or code of the unit.
        item: code or name of what it handed in.
        received_on: not after today.
        document: number of the letter it came with, or empty.

    Raises:
        CatiError: ``not_allowed``, ``unit_not_found``, ``item_unknown``, ``item_not_asked``,
            ``item_by_itself``, ``received_later``, ``document_long``, ``adjustment_confirmed`` where such
            points count already.
    """
    ctx.actor.require(Right.ADJUST)
    found, thing = _asked(programme, unit, item)
    document = adjustments.given_document(document)
    if thing.kind:
        raise CatiError(
            "item_by_itself",
            N_("{item} enters the register by itself when it is imported. Nothing was changed."),
            item=item_name(thing),
        )
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        if received_on > today_of(ctx, connection, programme):
            raise CatiError(
                "received_later",
                N_("{day} is still to come. Nothing was changed. Give the day on which it was handed in."),
                day=received_on.isoformat(),
            )
        before = store.receipts(connection, programme.id).get((found.code, thing.code), Receipt())
        after = replace(before, received_on=received_on, document=document)
        entry = _put(ctx, connection, programme, found, thing, before, after)
        if entry.standing not in OVERDUE:
            _let_points_fall(ctx, connection, programme, found, thing, before)
        return _entry(ctx, connection, programme, found, thing)


def hinder(ctx: Context, programme: LoadedProgramme, unit: str, item: str, how: str) -> Entry:
    """Write down how being late or missing hindered the work, and propose the points of the item's ground.

    Args:
        ctx, programme, unit, item: see `enter`.
        how: in words.

    Raises:
        CatiError: ``not_allowed``, ``unit_not_found``, ``item_unknown``, ``item_not_asked``,
            ``reason_missing``, ``item_not_overdue``, ``adjustment_confirmed``.
    """
    ctx.actor.require(Right.ADJUST)
    found, thing = _asked(programme, unit, item)
    how = given_reason(how)
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        if _entry(ctx, connection, programme, found, thing).standing not in OVERDUE:
            raise CatiError(
                "item_not_overdue",
                N_("{item} of {unit} is neither late nor missing. Nothing was changed."),
                item=item_name(thing),
                unit=found.name,
            )
        if rule := _rule(programme, thing):
            reason = f"{thing.label}：{how}"
            adjustments.propose(ctx, connection, programme, found, rule.code, rule.points, reason)
        return _change(ctx, connection, programme, found, thing, hindering=how)


def confirm(ctx: Context, programme: LoadedProgramme, unit: str, item: str, evidence: str) -> Entry:
    """Let the points count that were proposed for a unit on the ground of an item.

    Args:
        ctx, programme, unit, item: see `enter`.
        evidence: that the work was hindered.

    Raises:
        CatiError: ``not_allowed``, ``unit_not_found``, ``item_unknown``, ``item_not_asked``,
            ``reason_missing``, ``item_without_points``, ``adjustment_unknown``, ``adjustment_confirmed``.
    """
    ctx.actor.require(Right.ADJUST)
    found, thing = _asked(programme, unit, item)
    evidence, rule = given_reason(evidence), _rule(programme, thing)
    if rule is None:
        raise CatiError(
            "item_without_points",
            N_("No points are taken for {item}. Nothing was changed."),
            item=item_name(thing),
        )
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        adjustments.settle_in(ctx, connection, programme, found, rule.code, evidence, confirm=True)
        return _entry(ctx, connection, programme, found, thing)


def waive(
    ctx: Context, programme: LoadedProgramme, unit: str, item: str, document: str, reason: str
) -> Entry:
    """Let a unit off by a document; its points fall too where nothing else of the unit calls for them.

    Args:
        ctx, programme, unit, item: see `enter`.
        document: its number.
        reason: what it says.

    Raises:
        CatiError: ``not_allowed``, ``unit_not_found``, ``item_unknown``, ``item_not_asked``,
            ``document_missing``, ``document_long``, ``reason_missing``.
    """
    ctx.actor.require(Right.ADJUST)
    found, thing = _asked(programme, unit, item)
    document, reason = adjustments.given_document(document), given_reason(reason)
    if not document:
        raise CatiError(
            "document_missing",
            N_("What is waived is waived by a document. Nothing was changed. Give its number."),
        )
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        rule = _rule(programme, thing)
        if rule is not None and not _hindered(ctx, connection, programme, found, thing):
            proposed = adjustments.known(connection, programme, found, rule.code)
            if proposed is not None and proposed.state != "waived":
                adjustments.settle_in(
                    ctx, connection, programme, found, rule.code, reason, confirm=False, document=document
                )
        return _change(ctx, connection, programme, found, thing, waiver=document)


def take_back(ctx: Context, programme: LoadedProgramme, unit: str, item: str, reason: str) -> Entry:
    """Take back what was written of an item, such as of the wrong unit; what was proposed for it falls away.

    What is known by itself, such as lists that were imported, stays.

    Args:
        ctx, programme, unit, item: see `enter`.
        reason: why; the log keeps it with what was written.

    Raises:
        CatiError: ``not_allowed``, ``unit_not_found``, ``item_unknown``, ``item_not_asked``,
            ``reason_missing``, ``item_not_entered``, ``adjustment_confirmed`` where points for it count.
    """
    ctx.actor.require(Right.ADJUST)
    found, thing = _asked(programme, unit, item)
    reason = given_reason(reason)
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        before = store.receipts(connection, programme.id).get((found.code, thing.code), Receipt())
        if before == Receipt():
            raise CatiError(
                "item_not_entered",
                N_("Nothing is written of {item} of {unit}. Nothing was changed."),
                item=item_name(thing),
                unit=found.name,
            )
        _put(ctx, connection, programme, found, thing, before, Receipt(), reason=reason)
        _let_points_fall(ctx, connection, programme, found, thing, before)
        return _entry(ctx, connection, programme, found, thing)


def _let_points_fall(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    unit: Unit,
    item: HandIn,
    before: Receipt,
) -> None:
    """Take away what was proposed, or waived by its document, for an item whose receipt was changed.

    Lists of the same ground that are late propose their points by themselves again.

    Raises:
        CatiError: ``adjustment_confirmed`` where they count.
    """
    rule = _rule(programme, item)
    if rule is None or not (before.hindering or before.waiver):
        return
    known = adjustments.known(connection, programme, unit, rule.code)
    if known is None or _hindered(ctx, connection, programme, unit, item):
        return
    if known.state == "waived" and not (before.waiver and known.document == before.waiver):
        return
    adjustments.drop(ctx, connection, unit, known)
    if item.ground == adjustments.LATE:
        adjustments.reckon_late(ctx, connection, programme)


def item_name(item: HandIn) -> str:
    """What an item is called in the language in use."""
    return in_language(item.labels, language(), item.label)


def _hindered(
    ctx: Context, connection: Connection, programme: LoadedProgramme, unit: Unit, but: HandIn
) -> bool:
    """Whether another item of the unit on the same ground is overdue and hindered the work."""
    line = next(one for one in look_in(ctx, connection, programme).lines if one.unit.code == unit.code)
    return any(
        entry.item.ground == but.ground and entry.standing in OVERDUE and entry.receipt.hindering
        for entry in line.entries
        if entry.item.code != but.code
    )


def _change(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    unit: Unit,
    item: HandIn,
    *,
    hindering: str | None = None,
    waiver: str | None = None,
) -> Entry:
    """Change what is given, keep the rest, and give the entry as it is then."""
    before = store.receipts(connection, programme.id).get((unit.code, item.code), Receipt())
    after = replace(
        before,
        hindering=before.hindering if hindering is None else hindering,
        waiver=before.waiver if waiver is None else waiver,
    )
    return _put(ctx, connection, programme, unit, item, before, after)


def _put(
    ctx: Context,
    connection: Connection,
    programme: LoadedProgramme,
    unit: Unit,
    item: HandIn,
    before: Receipt,
    after: Receipt,
    **said: str,
) -> Entry:
    """Put a receipt in place of the one before, and give the entry as it is then; the log keeps both days."""
    unit_id = frame_store.unit_ids(connection, programme.id)[unit.code]
    at, by = ctx.now(connection), ctx.actor.user_id
    store.put(connection, programme.id, unit_id, item.code, after, at=at, by=by)
    audit.record(
        ctx,
        connection,
        "enter_hand_in",
        f"unit:{unit.code}",
        item=item.code,
        day=after.received_on.isoformat() if after.received_on else "",
        before=before.received_on.isoformat() if before.received_on else "",
        document=after.document,
        hindering=after.hindering,
        waiver=after.waiver,
        **said,
    )
    return _entry(ctx, connection, programme, unit, item)


def _entry(
    ctx: Context, connection: Connection, programme: LoadedProgramme, unit: Unit, item: HandIn
) -> Entry:
    found = look_in(ctx, connection, programme)
    line = next(one for one in found.lines if one.unit.code == unit.code)
    return next(entry for entry in line.entries if entry.item.code == item.code)


def look_in(ctx: Context, connection: Connection, programme: LoadedProgramme) -> Register:
    """The register in a transaction of the caller, who has asked for the right."""
    definition = programme.programme
    items, due = hand_ins(definition), definition.settings.deadlines
    today = today_of(ctx, connection, programme)
    known = store.receipts(connection, programme.id)
    lists = _lists(connection, programme)
    wanted = Counter(unit.code for unit, group in definition.lists if group.handed_in)
    reported: dict[str, list[Report]] = {}
    for one in indicators.reports(ctx, connection, programme):
        reported.setdefault(one.item.code, []).append(one)
    stored = score_store.stored_adjustments(connection, programme.id) if ctx.actor.may(Right.ADJUST) else ()
    points = [one for one in stored if not one.problem]

    def entry(unit: Unit, item: HandIn) -> Entry:
        receipt = known.get((unit.code, item.code), Receipt())
        if item.kind == LISTS:
            receipt = _with_lists(receipt, lists.get(unit.code, ()), wanted[unit.code])
        elif item.kind == PROGRESS:
            receipt = _with_reports(receipt, reported.get(item.code, ()))
        if not item.is_from(unit) or (item.kind == LISTS and not wanted[unit.code]):
            return Entry(item, receipt, Standing.NOT_ASKED, None)
        return Entry(item, receipt, standing(receipt, due.get(item.due), today), None)

    lines = []
    for unit in definition.units:
        entries = [entry(unit, item) for item in items]
        for given in points:
            if given.unit == unit.code:
                entries = _beside(entries, given)
        lines.append(Line(unit, tuple(entries)))
    return Register(items, due, tuple(lines))


def overdue(found: Register) -> list[tuple[Unit, Entry]]:
    """What has not come by its day; lists are told of by themselves."""
    return [
        (line.unit, entry)
        for line in found.lines
        for entry in line.entries
        if entry.standing is Standing.MISSING and entry.item.kind != LISTS
    ]


def _beside(entries: Sequence[Entry], points: StoredAdjustment) -> list[Entry]:
    """The entries of a unit with points beside what they are for, and not beside all of their ground."""
    mine = [
        one for one in entries if one.item.ground == points.code and one.standing is not Standing.NOT_ASKED
    ]
    if points.document:
        named = [one for one in mine if one.receipt.waiver == points.document]
    else:
        overdue = [one for one in mine if one.standing in OVERDUE]
        # Late lists propose points by themselves, all else where it hindered the work.
        named = [one for one in overdue if one.receipt.hindering]
        named = named or [one for one in overdue if one.item.kind == LISTS] or overdue[:1]
    named = named or mine[:1]
    return [replace(one, adjustment=points) if one in named else one for one in entries]


def _lists(connection: Connection, programme: LoadedProgramme) -> dict[str, list[StoredFrame]]:
    """What units handed in; those taken from an earlier programme are none of theirs, and have no day."""
    theirs = {group.code for group in programme.programme.listed if group.handed_in}
    found: dict[str, list[StoredFrame]] = {}
    for frame in frame_store.stored_frames(connection, programme.id):
        if frame.current and frame.unit is not None and frame.group in theirs:
            found.setdefault(frame.unit, []).append(frame)
    return found


def _with_lists(receipt: Receipt, lists: Sequence[StoredFrame], wanted: int) -> Receipt:
    """A receipt with the day on which the last of a unit's lists came, once all of them are here."""
    if len(lists) < wanted:
        return receipt
    days = [one.submitted_on for one in lists]
    last = max((day for day in days if day is not None), default=None)
    late = any(one.late for one in lists)
    # A list that is late is late whatever the others say.
    return replace(receipt, received_on=last if late or None not in days else None, undated=None in days)


def _with_reports(receipt: Receipt, reports: Sequence[Report]) -> Receipt:
    """A receipt with the day on which the last team reported, once all of them did."""
    filings = [one.filing for one in reports]
    if not filings or None in filings:
        return receipt
    days = [filing.filed_on for filing in filings if filing is not None]
    last = max((day for day in days if day is not None), default=None)
    late = any(one.standing is Standing.LATE for one in reports)
    return replace(receipt, received_on=last if late or None not in days else None, undated=None in days)


def _asked(programme: LoadedProgramme, unit: str, item: str) -> tuple[Unit, HandIn]:
    found = adjustments.given_unit(programme, unit)
    items = hand_ins(programme.programme)
    thing = next((one for one in items if item in (one.code, one.label, *one.labels.values())), None)
    if thing is None:
        raise CatiError(
            "item_unknown",
            N_("Units of this programme hand in no “{item}”. Nothing was changed. Known are: {known}."),
            item=item,
            known=", ".join(f"{one.code} ({item_name(one)})" for one in items),
        )
    if not thing.is_from(found):
        raise CatiError(
            "item_not_asked",
            N_("{item} is not asked of {unit}. Nothing was changed."),
            item=item_name(thing),
            unit=found.name,
        )
    return found, thing


def _rule(programme: LoadedProgramme, item: HandIn) -> AdjustmentRule | None:
    return next((rule for rule in programme.programme.adjustments if rule.code == item.ground), None)
