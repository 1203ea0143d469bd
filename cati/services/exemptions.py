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
            reckon(ctx, connection, programme)
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

    What somebody decided about a unit before is left as it is; what was only proposed falls away when the
    lists in force are well. A programme without such rules proposes nothing.

    Returns:
        Codes of the units about which something is proposed now, once for each ground.

    Raises:
        CatiError: ``not_allowed``.
    """
    ctx.actor.require(Right.ADJUST)
    with ctx.database.write() as connection:
        score_store.lock_scores(connection, programme.id)
        return reckon(ctx, connection, programme)


def reckon(ctx: Context, connection: Connection, programme: LoadedProgramme) -> tuple[str, ...]:
    """As `propose_for_lists`; the caller has asked for the right and locked the scores.

    A proposal whose lists are well now falls away; one whose lists are wrong otherwise says so.
    """
    late = adjustments.reckon_late(ctx, connection, programme)
    wrong: dict[str, list[str]] = {}
    for one in wanting(connection, programme):
        wrong.setdefault(one.unit.code, []).append(_wrong(one))
    said = {unit: _("; ").join(words) for unit, words in wrong.items()}
    return (*late, *adjustments.reckon_lists(ctx, connection, programme, QUALITY, said))


def _wrong(one: Wanting) -> str:
    """What a list lacks, in figures."""
    if one.kind == SIZE:
        return _("list {group}: {usable} of {wanted} people, {rows} handed in").format(
            group=one.group.label, usable=one.frame.accepted, wanted=one.group.minimum_of(one.unit),
            rows=one.frame.rows,
        )  # fmt: skip
    missing = one.frame.findings.missing_areas
    return _("list {group}: nobody of {count} areas, such as {area}").format(
        group=one.group.label, count=len(missing), area=missing[0]
    )


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
