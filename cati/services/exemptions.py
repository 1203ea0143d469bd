"""Lists below what is asked for: who granted that, and what follows where nobody did.

A list may be smaller, or leave areas out, where the office that evaluates agrees (Guangxi 2015, section 2).
Where it did not, points are proposed, which the bureau confirms with how the work was hindered, or waives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.frames import find_group
from cati.domain.list_checks import AREAS, EXEMPTED, SIZE, Exemption
from cati.domain.programmes import Group, LoadedProgramme, Unit
from cati.domain.users import Right
from cati.services import adjustments, audit
from cati.services.context import Context
from cati.services.reasons import given_reason
from cati.store import exemptions as store
from cati.store import frames as frame_store
from cati.store import scoring as score_store
from cati.store.engine import Connection
from cati.store.frames import StoredFrame

QUALITY = "list_quality"
"""Code of the rule about lists that are not what was asked for."""


@dataclass(frozen=True, slots=True)
class Wanting:
    """A list in force that does not meet what is asked for, and was not exempted from it.

    Attributes:
        kind: one of `EXEMPTED`.
        frame: the list.
    """

    unit: Unit
    group: Group
    kind: str
    frame: StoredFrame


def grant(
    ctx: Context,
    programme: LoadedProgramme,
    unit: str,
    group: str,
    kind: str,
    *,
    granted_by: str,
    document: str,
    reason: str,
) -> Exemption:
    """Write down that a unit's list need not meet its smallest size, or cover all areas.

    Points that were only proposed for the unit's lists are waived when nothing is wanting any more.

    Args:
        ctx: somebody who may import lists.
        programme: whose.
        unit: name or code of the unit.
        group: name or code of the group.
        kind: ``size`` or ``areas``.
        granted_by: who decided so.
        document: number of the paper that says so.
        reason: why.

    Raises:
        CatiError: ``not_allowed``, ``unit_not_found``, ``group_not_of_unit``, ``exemption_unknown``,
            ``exemption_unproven``, ``reason_missing``, ``document_long``.
    """
    ctx.actor.require(Right.IMPORT_FRAMES)
    reason, document = given_reason(reason), adjustments.given_document(document)
    granted_by = adjustments.given_document(granted_by)
    if not granted_by or not document:
        raise CatiError(
            "exemption_unproven",
            N_("Say who granted the exemption and by which document. Nothing was changed."),
        )
    of_unit, of_group = _place(programme, unit, group, kind)
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        unit_id, group_id = _keys(connection, programme, of_unit, of_group)
        now = ctx.now(connection)
        granted = Exemption(of_unit.code, of_group.code, kind, granted_by, document, reason, now)
        store.put(connection, programme.id, unit_id, group_id, granted, by=ctx.actor.user_id)
        if ctx.actor.may(Right.ADJUST):
            _waive(ctx, connection, programme, of_unit, granted)
        audit.record(
            ctx, connection, "grant_exemption", f"unit:{of_unit.code}", group=of_group.code, exempted=kind,
            granted_by=granted_by, document=document, reason=reason,
        )  # fmt: skip
    return granted


def lift(ctx: Context, programme: LoadedProgramme, unit: str, group: str, kind: str, reason: str) -> None:
    """Take an exemption back.

    Args:
        ctx: somebody who may import lists.
        programme: whose.
        unit, group, kind: see `grant`.
        reason: why.

    Raises:
        CatiError: ``not_allowed``, ``unit_not_found``, ``group_not_of_unit``, ``exemption_unknown``,
            ``exemption_none``, ``reason_missing``.
    """
    ctx.actor.require(Right.IMPORT_FRAMES)
    reason = given_reason(reason)
    of_unit, of_group = _place(programme, unit, group, kind)
    with ctx.database.write() as connection:
        unit_id, group_id = _keys(connection, programme, of_unit, of_group)
        if not store.take(connection, unit_id, group_id, kind):
            raise CatiError(
                "exemption_none",
                N_("The list {group} of {unit} has no such exemption. Nothing was changed."),
                unit=of_unit.name,
                group=of_group.label,
            )
        audit.record(
            ctx, connection, "lift_exemption", f"unit:{of_unit.code}", group=of_group.code, exempted=kind,
            reason=reason,
        )  # fmt: skip


def listing(ctx: Context, programme: LoadedProgramme) -> tuple[Exemption, ...]:
    """All exemptions, by unit and group.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.SEE_PROGRESS)
    with ctx.database.read() as connection:
        return store.stored(connection, programme.id)


def wanting(connection: Connection, programme: LoadedProgramme) -> tuple[Wanting, ...]:
    """The lists in force that do not meet what is asked for, without those that were exempted from it."""
    exempted = {(one.unit, one.group, one.kind) for one in store.stored(connection, programme.id)}
    frames = {(f.unit, f.group): f for f in frame_store.stored_frames(connection, programme.id) if f.current}
    found = []
    for unit, group in programme.programme.lists:
        frame = frames.get((unit.code, group.code))
        for kind in _kinds(frame) if frame is not None else ():
            assert frame is not None
            if (unit.code, group.code, kind) not in exempted:
                found.append(Wanting(unit, group, kind, frame))
    return tuple(found)


def propose_for_lists(ctx: Context, programme: LoadedProgramme) -> tuple[str, ...]:
    """Propose the programme's points for lists that came late or are not what was asked for.

    What somebody decided about a unit before is left as it is. A programme without such rules proposes
    nothing.

    Returns:
        Codes of the units about which something is proposed now.

    Raises:
        CatiError: ``not_allowed``.
    """
    late = adjustments.propose_late(ctx, programme)
    rule = next((a for a in programme.programme.adjustments if a.code == QUALITY), None)
    if rule is None:
        return late
    new: list[str] = []
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        known = {
            a.unit for a in score_store.stored_adjustments(connection, programme.id) if a.code == QUALITY
        }
        for one in wanting(connection, programme):
            if one.unit.code not in known and one.unit.code not in new:
                reason = _("The list {group} is not what was asked for.").format(group=one.group.label)
                adjustments.propose(ctx, connection, programme, one.unit, QUALITY, rule.points, reason)
                new.append(one.unit.code)
    return (*late, *new)


def _kinds(frame: StoredFrame) -> Iterator[str]:
    if frame.short:
        yield SIZE
    if frame.findings.missing_areas:
        yield AREAS


def _waive(
    ctx: Context, connection: Connection, programme: LoadedProgramme, unit: Unit, granted: Exemption
) -> None:
    proposed = adjustments.known(connection, programme, unit, QUALITY)
    if proposed is None or proposed.state != "proposed":
        return
    if any(one.unit.code == unit.code for one in wanting(connection, programme)):
        return
    adjustments.settle_in(
        ctx,
        connection,
        programme,
        unit,
        QUALITY,
        granted.reason,
        confirm=False,
        document=granted.document,
    )


def _place(programme: LoadedProgramme, unit: str, group: str, kind: str) -> tuple[Unit, Group]:
    if kind not in EXEMPTED:
        raise CatiError(
            "exemption_unknown",
            N_("A list is exempted from {known}, not from {kind}. Nothing was changed."),
            kind=kind,
            known=", ".join(EXEMPTED),
        )
    of_unit = adjustments.given_unit(programme, unit)
    groups = [one for one in programme.programme.listed if one.is_of(of_unit)]
    of_group = next((one for one in groups if one.code == group), None) or find_group(groups, group)
    if of_group is None:
        raise CatiError(
            "group_not_of_unit",
            N_("{unit} hands in no list {group}. Nothing was changed. It hands in: {known}."),
            unit=of_unit.name,
            group=group,
            known="、".join(one.label for one in groups),
        )
    return of_unit, of_group


def _keys(connection: Connection, programme: LoadedProgramme, unit: Unit, group: Group) -> tuple[int, int]:
    units = frame_store.unit_ids(connection, programme.id)
    groups = frame_store.group_ids(connection, programme.id)
    return units[unit.code], groups[group.code]
