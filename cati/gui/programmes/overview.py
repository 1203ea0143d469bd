"""A programme as tables: units, groups, items, channels, adjustments and the settings in force."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.programmes import Group, Labels, Programme, in_language
from cati.gui.programmes.sheets import Tab
from cati.gui.widgets.rows import Cell, Column

_KINDS = {
    "phone": N_("Telephone"),
    "ballots": N_("Ballots"),
    "web": N_("Web"),
    "hotline": N_("Hotline"),
    "leaders": N_("Leaders"),
    "indicators": N_("Indicators"),
}
# Settings that have tables of their own, or are told with others.
_ELSEWHERE = frozenset({"assumed", "questions", "call_hours"})
_LOADED_AS = {"minimum_counted": "minimum_counted_items"}


def tabs_of(programme: Programme) -> list[Tab]:
    """All that was loaded."""
    return [
        _units(programme),
        _groups(programme),
        _items(programme),
        _channels(programme),
        _adjustments(programme),
        _settings(programme),
    ]


def _words(labels: Labels, default: str) -> str:
    return in_language(labels, language(), default)


def _percent(weight: Decimal | None) -> str:
    return "—" if weight is None else f"{weight:f} %"


def _units(programme: Programme) -> Tab:
    exceptions: dict[str, list[str]] = {}
    for unit, item in programme.not_applicable:
        exceptions.setdefault(unit, []).append(_words(programme.question(item).short, item))
    rows = [
        (u.code, u.name, u.series, "；".join(u.aliases), "；".join(exceptions.get(u.code, ())))
        for u in programme.units
    ]
    columns = (
        Column("code", _("Code"), 90),
        Column("name", _("Unit"), 200, grows=2),
        Column("series", _("Series"), 160, grows=2),
        Column("aliases", _("Other names"), 120, grows=2, gives_way=2),
        Column("exceptions", _("Not applicable"), 120, grows=1, gives_way=1),
    )
    return Tab("units", _("Units {count}").format(count=len(rows)), columns, rows)


def _groups(programme: Programme) -> Tab:
    rows = [
        (
            g.code,
            _words(g.labels, g.label),
            _percent(g.weight),
            str(g.quota),
            _sizes(g),
        )
        for g in programme.listed
    ]
    columns = (
        Column("code", _("Code"), 110),
        Column("label", _("Group"), 200, grows=1),
        Column("weight", _("Weight"), 90, figure=True),
        Column("quota", _("Quota per unit"), 120, figure=True),
        Column("least", _("Least list size"), 130, figure=True),
    )
    return Tab("groups", _("Groups {count}").format(count=len(rows)), columns, rows)


def _sizes(group: Group) -> str:
    """The smallest list of most units, and of units of series that have another."""
    sizes = {size for size in (group.minimum_list_size, *group.minimums.values()) if size is not None}
    return " / ".join(f"{size:,}" for size in sorted(sizes, reverse=True)) or "—"


def _items(programme: Programme) -> Tab:
    rows = [
        (str(number), _words(q.short, q.name), _percent(q.weight), _answers(programme, q.list_name))
        for number, q in enumerate(programme.items, 1)
    ]
    columns = (
        Column("number", _("No."), 50, figure=True),
        Column("short", _("Item"), 160, grows=1),
        Column("weight", _("Weight"), 90, figure=True),
        Column("answers", _("Answers with points"), 300, grows=3),
    )
    return Tab("items", _("Items {count}").format(count=len(rows)), columns, rows)


def _answers(programme: Programme, name: str) -> str:
    return " · ".join(
        f"{_words(c.labels, c.name)} {c.points:f}" if c.points is not None else _words(c.labels, c.name)
        for c in programme.choices.get(name, ())
    )


def _channels(programme: Programme) -> Tab:
    depth: dict[str, int] = {}
    rows = []
    for c in programme.channels:
        depth[c.code] = depth[c.parent] + 1 if c.parent else 0
        points = programme.settings.composite_in_points or c.parent
        weight = f"{c.weight.normalize():f}" if points else _percent(c.weight)
        kind = _(_KINDS[c.kind]) if c.kind else _("made up of other channels")
        about = "、".join(c.series) or _("all units")
        rows.append(("　" * depth[c.code] + _words(c.labels, c.label), weight, kind, about))
    columns = (
        Column("label", _("Channel"), 220, grows=1),
        Column("weight", _("Weight"), 90, figure=True),
        Column("kind", _("Kind"), 160, grows=1),
        Column("about", _("Units it is about"), 160, grows=1, gives_way=1),
    )
    return Tab("channels", _("Channels {count}").format(count=len(rows)), columns, rows)


def _adjustments(programme: Programme) -> Tab:
    rows = [
        (_words(a.labels, a.label), f"{a.points:f}".replace("-", "−"), _words(a.rules, a.rule))
        for a in programme.adjustments
    ]
    columns = (
        Column("label", _("Adjustment"), 180, grows=1),
        Column("points", _("Worth"), 80, figure=True),
        Column("rule", _("Rule"), 300, grows=3),
    )
    return Tab("adjustments", _("Adjustments {count}").format(count=len(rows)), columns, rows)


def _settings(programme: Programme) -> Tab:
    rows = []
    assumed = programme.settings.assumed
    for name, value in _plain(programme.settings):
        mark = Cell(_("proposed value"), "warn", icon="warning") if name in assumed else ""
        rows.append((name, value, mark))
    for hours in programme.settings.call_hours:
        days = " ".join(str(day + 1) for day in hours.weekdays)
        of = "、".join(hours.groups) or _("all groups")
        rows.append(("call_hours", f"{hours.start:%H:%M}–{hours.end:%H:%M} · {days} · {of}", ""))
    columns = (
        Column("name", _("Setting"), 220),
        Column("value", _("In force"), 260, grows=2),
        Column("assumed", _("Decided by"), 160, grows=1),
    )
    return Tab("settings", _("Settings {count}").format(count=len(rows)), columns, rows)


def _plain(settings: Any) -> list[tuple[str, str]]:
    """Settings by the names a workbook has for them, as text; those without a value are left out."""
    found: list[tuple[str, str]] = []
    for field in fields(settings):
        value = getattr(settings, field.name)
        if field.name in _ELSEWHERE:
            continue
        if is_dataclass(value):
            found += _plain(value)
        elif isinstance(value, Mapping):
            found += [(f"deadline_{name}", day.isoformat()) for name, day in value.items()]
        elif value not in (None, "", ()):
            found.append((_LOADED_AS.get(field.name, field.name), _text(value)))
    return found


def _text(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, tuple):
        return "、".join(map(str, value))
    return str(value)
