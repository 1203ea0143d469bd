"""Which unit a file of lists is from, and which groups its lists are of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.frames import find_group, find_unit
from cati.domain.programmes import FOLLOW_UP, MAIL, Group, Unit
from cati.files.frames import ListFile, PhoneList, heading_missing


def unit_of(opened: ListFile, units: Iterable[Unit]) -> Unit:
    """The one unit that a file of lists is from.

    Raises:
        CatiError: ``unit_unnamed``, ``unit_unknown``, ``units_differ``.
    """
    units = tuple(units)
    names = {source.titles.unit: source.sheet for source in opened.lists if source.titles.unit}
    if not names:
        raise CatiError(
            "unit_unnamed",
            N_(
                "{file} does not say which unit it is from. Nothing was imported. "
                "Write 报送单位：and the unit's name above the headings and import the file again."
            ),
            file=opened.name,
        )
    found: dict[str, Unit] = {}
    for name, sheet in names.items():
        unit = find_unit(units, name)
        if unit is None:
            raise CatiError(
                "unit_unknown",
                N_(
                    "{file}, sheet {sheet}: the programme has no unit called {unit}. Nothing was imported. "
                    "Correct the name after 报送单位, or add it to the programme as an alias."
                ),
                file=opened.name,
                sheet=sheet,
                unit=name,
            )
        found[unit.code] = unit
    if len(found) > 1:
        raise CatiError(
            "units_differ",
            N_(
                "{file} has lists of several units: {units}. Nothing was imported. "
                "Make one file for each unit."
            ),
            file=opened.name,
            units="、".join(unit.name for unit in found.values()),
        )
    return next(iter(found.values()))


def check_kind(opened: ListFile, group: Group, source: PhoneList) -> None:
    """Refuse a list without the columns its kind needs, or that is not handed in at all.

    Raises:
        CatiError: ``heading_missing``, ``group_not_handed_in``.
    """
    if group.list_kind == FOLLOW_UP:
        raise CatiError(
            "group_not_handed_in",
            N_(
                "{file}: units hand in no list of {group}; those people are taken from an earlier programme. "
                "Nothing was imported. Take the sheet out, or see “cati follow-up”."
            ),
            file=opened.name,
            group=group.label,
        )
    if group.list_kind == MAIL and source.columns.address < 0:
        raise heading_missing(opened.name, source.sheet, "单位（注明具体地址）")
    if group.list_kind != MAIL and not source.columns.phones:
        raise heading_missing(opened.name, source.sheet)


def by_group(opened: ListFile, unit: Unit, everybody: Sequence[Group]) -> list[tuple[Group, PhoneList]]:
    """The lists with their groups in the programme's order, for a number belongs to the first that has it.

    Raises:
        CatiError: ``group_unknown``, ``group_twice``.
    """
    found: dict[str, PhoneList] = {}
    groups = [group for group in everybody if group.is_of(unit)]
    for source in opened.lists:
        group = find_group(groups, source.sheet, " ".join(source.titles.lines))
        # A sheet named after a group that the unit does not hand in is no list of another one.
        if group is None or find_group(everybody, source.sheet) not in (None, group):
            raise CatiError(
                "group_unknown",
                N_(
                    "{file}: sheet {sheet} is named after none of the groups {groups}. Nothing was imported. "
                    "Name the sheet after its group and import the file again."
                ),
                file=opened.name,
                sheet=source.sheet,
                groups="、".join(group.label for group in groups),
            )
        if group.code in found:
            raise CatiError(
                "group_twice",
                N_(
                    "{file} has two lists of {group}. Nothing was imported. "
                    "Put them on one sheet and import the file again."
                ),
                file=opened.name,
                group=group.label,
            )
        found[group.code] = source
    return [(group, found[group.code]) for group in groups if group.code in found]
