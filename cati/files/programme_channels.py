"""The channels of a programme workbook: what makes up the composite, of what and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from cati.base.i18n import mark as N_
from cati.domain.programmes import (
    BALLOT_KINDS,
    Channel,
    ChannelGroup,
    ChannelItem,
    Choice,
    Roster,
    Unit,
    in_language,
)
from cati.files.programme_sheets import Problems, Row, Sheet
from cati.files.programme_survey import check_names, check_sum, needed_labels, parts, read_number

CHANNEL_KINDS = ("phone", "ballots", "web", "hotline", "leaders", "indicators")
KEYED_KINDS = ("ballots", "web", "leaders")
"""Kinds of channels that may have items and groups of their own."""


def read_channels(
    sheets: Mapping[str, Sheet],
    units: Sequence[Unit],
    choices: Mapping[str, tuple[Choice, ...]],
    languages: set[str],
    in_points: bool,
    problems: Problems,
) -> tuple[Channel, ...]:
    """The channels of the sheets `channels`, `channel_items` and `channel_groups`.

    Args:
        sheets: the workbook; each of the three may be missing.
        units: of the programme; their series are what a channel may be limited to.
        choices: the lists by name.
        languages: of the questionnaire.
        in_points: the channels at the top weigh points, which add up to whatever they add up to.
        problems: where problems go.
    """
    sheet = sheets.get("channels")
    if sheet is None:
        return ()
    check_names(sheet.rows, "code", problems)
    series = {unit.series for unit in units}
    items = _items(sheets.get("channel_items"), choices, languages, problems)
    groups = _groups(sheets.get("channel_groups"), languages, problems)
    parents = {row["parent"] for row in sheet.rows}
    channels: list[Channel] = []
    for row in sheet.rows:
        labels = needed_labels(row, "label", languages, problems)
        _check_kind(row, row["code"] in parents, problems)
        _check_parent(row, channels, problems)
        weight = read_number(row, "weight", problems)
        if not row["weight"]:
            problems.at(row, "weight", N_("The cell is empty. Fill it in."))
        elif weight is not None and weight < 0:
            problems.at(row, "weight", N_("“{text}” must be 0 or more."), text=row["weight"])
        channels.append(
            Channel(
                row["code"],
                in_language(labels, "zh"),
                weight or Decimal(0),
                row["kind"],
                labels,
                row["parent"],
                _series(row, series, problems),
                tuple(items.get(row["code"], ())),
                tuple(groups.get(row["code"], ())),
            )
        )
    _check_owners(sheets, channels, problems)
    _check_sums(sheet, channels, series, in_points, problems)
    return tuple(channels)


def _check_kind(row: Row, has_parts: bool, problems: Problems) -> None:
    if has_parts and row["kind"]:
        message = N_("Other channels make up this one: leave its kind empty.")
        problems.at(row, "kind", message)
    elif not has_parts and row["kind"] not in CHANNEL_KINDS:
        message = N_("“{text}” must be one of {known}.")
        problems.at(row, "kind", message, text=row["kind"], known=", ".join(CHANNEL_KINDS))


def _check_parent(row: Row, earlier: Sequence[Channel], problems: Problems) -> None:
    # Only rows above are known, so that no channel is a part of itself.
    if row["parent"] and row["parent"] not in {channel.code for channel in earlier}:
        message = N_("No channel “{code}” stands in a row above. Put it there, or correct the code.")
        problems.at(row, "parent", message, code=row["parent"])


def _series(row: Row, known: set[str], problems: Problems) -> tuple[str, ...]:
    names = parts(row["series"])
    for name in names:
        if name not in known:
            problems.at(row, "series", N_("No unit is in a series “{name}”."), name=name)
    return names


def _items(
    sheet: Sheet | None, choices: Mapping[str, tuple[Choice, ...]], languages: set[str], problems: Problems
) -> dict[str, list[ChannelItem]]:
    """The items by channel; an item is answered by a list with points, or by a number."""
    found: dict[str, list[ChannelItem]] = {}
    for channel, rows in _by_channel(sheet).items():
        check_names(rows, "name", problems)
        items = [
            ChannelItem(
                row["name"],
                needed_labels(row, "label", languages, problems),
                read_number(row, "weight", problems) or Decimal(0),
                row["list_name"],
                _numbers(row, problems),
            )
            for row in rows
        ]
        for row, item in zip(rows, items, strict=True):
            _check_answers(row, item, choices, problems)
        check_sum(rows[0].sheet, [item.weight for item in items], problems)
        found[channel] = items
    return found


def _numbers(row: Row, problems: Problems) -> tuple[Decimal, Decimal] | None:
    if not (row["minimum"] or row["maximum"]):
        return None
    least, most = read_number(row, "minimum", problems), read_number(row, "maximum", problems)
    if least is None or most is None or least >= most:
        problems.at(row, "minimum", N_("Give the lowest and a higher highest number, such as 0 and 100."))
        return None
    return least, most


def _check_answers(
    row: Row, item: ChannelItem, choices: Mapping[str, tuple[Choice, ...]], problems: Problems
) -> None:
    if bool(item.list_name) == (item.numbers is not None):
        message = N_("Give either a list of answers, or the lowest and highest number.")
        problems.at(row, "list_name", message)
    elif item.list_name and item.list_name not in choices:
        problems.at(row, "list_name", N_("There is no list “{name}”."), name=item.list_name)
    elif item.list_name and all(choice.points is None for choice in choices[item.list_name]):
        problems.at(row, "list_name", N_("No answer of “{name}” has points."), name=item.list_name)


def _groups(sheet: Sheet | None, languages: set[str], problems: Problems) -> dict[str, list[ChannelGroup]]:
    found: dict[str, list[ChannelGroup]] = {}
    for channel, rows in _by_channel(sheet).items():
        check_names(rows, "code", problems)
        found[channel] = [
            ChannelGroup(
                row["code"],
                needed_labels(row, "label", languages, problems),
                read_number(row, "weight", problems),
            )
            for row in rows
        ]
        check_sum(rows[0].sheet, [group.weight for group in found[channel]], problems)
    return found


def read_rosters(
    sheet: Sheet | None, channels: Sequence[Channel], languages: set[str], problems: Problems
) -> tuple[Roster, ...]:
    """The lists of people of whom some are drawn to fill in the ballots of a channel."""
    if sheet is None:
        return ()
    check_names(sheet.rows, "code", problems)
    kinds = {channel.code: channel.kind for channel in channels}
    found = []
    for row in sheet.rows:
        if kinds.get(row["channel"]) not in BALLOT_KINDS:
            message = N_("“{code}” is no channel of the kinds {known}.")
            problems.at(row, "channel", message, code=row["channel"], known=", ".join(BALLOT_KINDS))
        listed, drawn = (read_number(row, name, problems) or Decimal(0) for name in ("listed", "drawn"))
        if not 1 <= drawn <= listed or drawn % 1 or listed % 1:
            message = N_("Give whole numbers: drawn is 1 or more, and not more than listed.")
            problems.at(row, "drawn", message)
        labels = needed_labels(row, "label", languages, problems)
        found.append(Roster(row["code"], row["channel"], labels, int(listed), int(drawn)))
    return tuple(found)


def _by_channel(sheet: Sheet | None) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in sheet.rows if sheet is not None else ():
        found.setdefault(row["channel"], []).append(row)
    return found


def _check_owners(sheets: Mapping[str, Sheet], channels: Sequence[Channel], problems: Problems) -> None:
    """Items and groups belong to channels that people answer otherwise than by telephone."""
    kinds = {channel.code: channel.kind for channel in channels}
    for name in ("channel_items", "channel_groups"):
        for row in sheets[name].rows if name in sheets else ():
            if kinds.get(row["channel"]) not in KEYED_KINDS:
                message = N_("“{code}” is no channel of the kinds {known}.")
                problems.at(row, "channel", message, code=row["channel"], known=", ".join(KEYED_KINDS))
    if sum(kind == "phone" for kind in kinds.values()) > 1:
        sheet = sheets["channels"]
        problems.add(
            N_("Only one channel can be made of the interviews."),
            sheet=sheet.title,
            column=sheet.columns.get("kind", ""),
        )


def _check_sums(
    sheet: Sheet, channels: Sequence[Channel], series: Iterable[str], in_points: bool, problems: Problems
) -> None:
    """Channels beside each other make up 100 percent, or as much as the channel they are a part of."""
    wholes = {channel.code: channel.weight for channel in channels}
    told: set[tuple[str, Decimal]] = set()
    for parent in ["", *wholes]:
        for one in sorted(series):
            beside = [c for c in channels if c.parent == parent and (not c.series or one in c.series)]
            together = sum((c.weight for c in beside), Decimal(0))
            if not beside or (in_points and not parent) or together in (Decimal(100), wholes.get(parent)):
                continue
            if (parent, together) not in told:
                told.add((parent, together))
                if parent:
                    message = N_("The parts of {parent} add up to {sum}, neither to 100 nor to {whole}.")
                else:
                    message = N_("The weights add up to {sum}%, not 100%.")
                problems.add(
                    message,
                    sheet=sheet.title,
                    column=sheet.columns.get("weight", ""),
                    parent=parent,
                    sum=together,
                    whole=wholes.get(parent),
                )
