"""What a programme is made of: units, groups, questionnaire, weights, settings.

A row type of the programme workbook each; `files.programmes` fills them, everything else reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import TypeVar

from cati.domain.claims import Claim

T = TypeVar("T")

Labels = Mapping[str, str]
"""A text by language code, ``{"zh": "…", "en": "…"}``; the programme's default language is always there."""


def in_language(labels: Labels, language: str, default: str = "") -> str:
    """The text in a language (``en``, ``zh_CN`` …), else in Chinese, else any, else `default`."""
    wanted = labels.get(language.split("_")[0]) or labels.get("zh")
    return wanted or next(iter(labels.values()), default)


@dataclass(frozen=True, slots=True)
class Unit:
    """A body evaluated.

    Attributes:
        name: as phone lists name it.
        aliases: bracketed and other names it goes by.
        labels: its name by language, for questions in another language.
    """

    code: str
    name: str
    series: str
    aliases: tuple[str, ...] = ()
    labels: Labels = field(default_factory=dict)


PHONE, MAIL, FOLLOW_UP = "phone", "mail", "follow_up"
LIST_KINDS = (PHONE, MAIL, FOLLOW_UP)
"""What a group's lists are for: units hand in numbers to be called, or addresses that questionnaires are
mailed to; or the people to be called are taken from those who gave opinions in an earlier programme."""


@dataclass(frozen=True, slots=True)
class Group:
    """A kind of respondent of every unit, or of the units of some series.

    Attributes:
        weight: percent of the group in a unit's phone score; None pools the group with others of no weight.
        quota: completed interviews wanted per unit.
        minimum_list_size: smallest list a unit may hand in, None if the document sets none.
        labels: the label by language.
        aliases: what else the sheets and titles of its lists call it.
        series: of the units it is about; empty means all.
        list_kind: one of `LIST_KINDS`.
        minimums: smallest list of units of a series for which another one is set, by series.
        covers_areas: its lists must have people of every area of the programme.
        minimum_items: fewest items that are asked of it about any one unit, 0 if the document sets none.
    """

    code: str
    label: str
    weight: Decimal | None
    quota: int
    minimum_list_size: int | None = None
    labels: Labels = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    list_kind: str = PHONE
    minimums: Mapping[str, int] = field(default_factory=dict)
    covers_areas: bool = False
    minimum_items: int = 0

    def is_of(self, unit: Unit) -> bool:
        """Whether people of this kind are asked about a unit."""
        return not self.series or unit.series in self.series

    @property
    def takes_pool(self) -> bool:
        """Whether the public pool may fill its places: nobody of it gave an opinion the year before."""
        return self.list_kind != FOLLOW_UP

    @property
    def handed_in(self) -> bool:
        """Whether units hand in its lists; people who gave opinions are taken over from last year."""
        return self.list_kind != FOLLOW_UP

    def minimum_of(self, unit: Unit) -> int | None:
        """The smallest list the unit may hand in, None if the document sets none."""
        return self.minimums.get(unit.series, self.minimum_list_size)


@dataclass(frozen=True, slots=True)
class Area:
    """A city or county that lists have to cover; `aliases` are other words for it in addresses."""

    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a list.

    Attributes:
        points: score of the answer, None when it is not counted.
        key: the digit that records it, "" when it has none.
    """

    name: str
    labels: Labels
    points: Decimal | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One row of the survey sheet.

    Attributes:
        type: select_one, select_multiple, integer, decimal, text, note, calculate.
        list_name: choice list of a select, else "".
        labels: what is shown; ``${name}`` is replaced by a fact, answer or calculation.
        script: "read" is read aloud, "note" is for the operator only.
        weight: percent of an evaluated item, None for any other question.
        disposition: a row that ends the interview proposes this outcome, else "".
        short: what the question is called in lists and headings, such as 作风建设; ``${item}`` in its text.
        units: codes of the units it is asked about; empty means all.
        groups: codes of the groups it is asked of; empty means all.
    """

    name: str
    type: str
    labels: Labels
    list_name: str = ""
    hint: Labels = field(default_factory=dict)
    relevant: str = ""
    constraint: str = ""
    constraint_message: Labels = field(default_factory=dict)
    required: bool = False
    calculation: str = ""
    script: str = "read"
    weight: Decimal | None = None
    disposition: str = ""
    short: Labels = field(default_factory=dict)
    units: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def is_asked(self, unit: str, group: str) -> bool:
        """Whether it is asked of people of a group about a unit, by their codes."""
        return (not self.units or unit in self.units) and (not self.groups or group in self.groups)


BALLOT_KINDS = ("ballots", "leaders")
"""Kinds of channels in which ballots are filled in."""


@dataclass(frozen=True, slots=True)
class ChannelItem:
    """What is evaluated in a channel that does not ask the questionnaire's items.

    Attributes:
        weight: percent of the item in the channel.
        list_name: choice list of its answers, "" where a number is given.
        numbers: lowest and highest number that may be given, None with a choice list.
    """

    name: str
    labels: Labels
    weight: Decimal
    list_name: str = ""
    numbers: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class ChannelGroup:
    """Who is asked in a channel; weight in percent, None pools the group with others of no weight."""

    code: str
    labels: Labels
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Channel:
    """A way opinions are collected, or a name for several of them.

    Attributes:
        weight: in percent, or in the unit of the weight of the channel it is a part of; points at the top
            where the composite is in points.
        kind: phone, ballots, web, hotline, leaders or indicators; "" for a channel that others make up.
        parent: code of the channel it is a part of, "" at the top.
        series: of the units it is about; empty means all.
        items: what is evaluated; empty means the items of the questionnaire.
        groups: who is asked; for phone always those of the programme.
    """

    code: str
    label: str
    weight: Decimal
    kind: str
    labels: Labels = field(default_factory=dict)
    parent: str = ""
    series: tuple[str, ...] = ()
    items: tuple[ChannelItem, ...] = ()
    groups: tuple[ChannelGroup, ...] = ()

    def is_about(self, unit: Unit) -> bool:
        """Whether units of its series are evaluated in it."""
        return not self.series or unit.series in self.series


@dataclass(frozen=True, slots=True)
class Roster:
    """A list of people of whom some are drawn to fill in ballots (党代表, 人大代表, 政协委员).

    Attributes:
        channel: code of the channel of ballots.
        listed: how many names are to be handed in.
        drawn: how many of them are invited.
    """

    code: str
    channel: str
    labels: Labels
    listed: int
    drawn: int


@dataclass(frozen=True, slots=True)
class AdjustmentRule:
    """Points that may be added to or taken from a unit, with the rule in words.

    Attributes:
        per: for what the points are given or taken: unit (once), problem (each one), person (each one).
        doubled: circumstances in which they are doubled; ``always`` doubles them in any.
        halved: circumstances in which they are halved.
        most: all points of a unit on this ground together reach no further; None sets no bound.
    """

    code: str
    label: str
    points: Decimal
    rule: str
    labels: Labels = field(default_factory=dict)
    rules: Labels = field(default_factory=dict)
    per: str = "unit"
    doubled: tuple[str, ...] = ()
    halved: tuple[str, ...] = ()
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class HandIn:
    """What units hand in.

    Attributes:
        kind: lists (what was imported), progress (how far the indicators are, of each team), or empty for
            what is entered by hand.
        ground: code of the adjustment that is proposed where it came late or not at all and hindered the
            work; empty proposes none.
        units: names, codes or series of those who hand it in; empty means all.
        deadline: the programme's deadline it is held to; empty means that of its own code.
    """

    code: str
    label: str
    labels: Labels = field(default_factory=dict)
    kind: str = ""
    ground: str = ""
    units: tuple[str, ...] = ()
    deadline: str = ""

    @property
    def due(self) -> str:
        """Name of the deadline it is held to."""
        return self.deadline or self.code

    def is_from(self, unit: Unit) -> bool:
        """Whether a unit hands it in."""
        return not self.units or bool({unit.code, unit.name, unit.series} & set(self.units))


@dataclass(frozen=True, slots=True)
class OpinionCode:
    """What an opinion may be about, by which opinions are sorted."""

    code: str
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReliefGround:
    """Why a problem may cost less, or nothing."""

    code: str
    label: str
    labels: Labels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Indicator:
    """What a unit is measured by, and who says how far it came.

    Attributes:
        channel: code of the channel it is a part of.
        section: heading it stands under, or empty.
        points: most a unit can get.
        collector: body that gives the points, empty where the document names none.
        leader: office of who answers for it, never a name; may be empty.
        teams: who reports on it; empty means all.
    """

    code: str
    label: str
    channel: str
    points: Decimal
    labels: Labels = field(default_factory=dict)
    section: str = ""
    collector: str = ""
    leader: str = ""
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CallHours:
    """When a group may be called: weekdays 0 = Monday … 6 = Sunday, local time, [start, end)."""

    groups: tuple[str, ...]
    weekdays: tuple[int, ...]
    start: time
    end: time


@dataclass(frozen=True, slots=True)
class RetryRules:
    """When and how often a case is dialled again; minutes, days, counts >= 0."""

    busy_minutes: int = 10
    no_answer_minutes: int = 120
    silent_days: int = 3
    partial_days: int = 3
    minimum_attempts: int = 5
    minimum_days: int = 3


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for the whole programme.

    Attributes:
        timezone: IANA name of local time.
        call_hours: empty group tuple means every group.
        replicate_factor: cases released per place of a quota.
        minimum_counted: fewest counted answers of a complete interview with an opinion.
        confidence_level: of intervals, 0 to 1.
        not_counted: names of answers that leave the denominator (不了解, 说不清, 拒答 as set).
        weigh_items_first: weigh items inside each group before groups are weighed.
        accepted_only: scores use only interviews that a review has accepted.
        composite_in_points: the weights of the channels are points that add up to the composite.
        problems_in_total: what is taken for problems is taken from the final score; else an indicator has it.
        hotline_satisfied: what satisfied tickets of the hotline are a share of: those rated, or all closed.
        expires: last day on which dialling is allowed (有效期止).
        fieldwork_start: first day on which somebody is dialled.
        fieldwork_end: last day on which anybody is dialled; only what was cut off is finished after it.
        wish_years: how long "never call again" and "call me again next year" hold, in years, >= 1.
        call_again: question that asks whether the respondent may be called again in a later programme, and
            the answer that agrees, as ``question=answer``; empty when it is not asked.
        opinion_items: questions whose answers are opinions that are sent to the units; empty means all that
            are answered in words.
        practice_interviews: practice interviews an operator records as told before the first live call, >= 1.
        listening_told: an operator is told while somebody listens to the call.
        languages: languages and dialects of respondents beside the questionnaire's own, by name.
        deadlines: item -> last day, such as ``{"lists": date(2024, 1, 25)}``.
        report_smallest_cell: fewest people behind a figure that a unit's copy of the report tells, >= 0.
        report_names_others: whether a unit's copy names the other units of its series with their scores.
        assumed: settings the document leaves open that took the proposed value.
        questions: what each of them asks, by name.
    """

    local_area_code: str
    mobile_only: bool
    timezone: str = "Asia/Shanghai"
    call_hours: tuple[CallHours, ...] = ()
    closed_days: tuple[date, ...] = ()
    retry: RetryRules = RetryRules()
    replicate_factor: int = 4
    minimum_counted: int = 1
    confidence_level: Decimal = Decimal("0.9")
    not_counted: tuple[str, ...] = ()
    weigh_items_first: bool = False
    accepted_only: bool = False
    composite_in_points: bool = False
    problems_in_total: bool = True
    hotline_satisfied: str = "rated"
    approval_number: str = ""
    hotline: str = ""
    bureau: str = ""
    expires: date | None = None
    fieldwork_start: date | None = None
    fieldwork_end: date | None = None
    wish_years: int = 2
    call_again: str = ""
    opinion_items: tuple[str, ...] = ()
    practice_interviews: int = 2
    listening_told: bool = False
    languages: tuple[str, ...] = ()
    report_smallest_cell: int = 5
    report_names_others: bool = False
    deadlines: Mapping[str, date] = field(default_factory=dict)
    assumed: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, Labels] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Programme:
    """One evaluation of one year, complete and checked.

    Attributes:
        code: form_id of the workbook, unique in a database, such as ``yazhou-2023``.
        groups: who is called.
        mailed: who is sent a questionnaire by mail instead.
        areas: that lists of some groups have to cover.
        rosters: of whom representatives are drawn.
        verification_card: what the operator reads when the respondent doubts the call.
    """

    code: str
    title: str
    version: str
    default_language: str
    settings: Settings
    units: tuple[Unit, ...]
    groups: tuple[Group, ...]
    questions: tuple[Question, ...]
    choices: Mapping[str, tuple[Choice, ...]]
    channels: tuple[Channel, ...] = ()
    adjustments: tuple[AdjustmentRule, ...] = ()
    opinion_codes: tuple[OpinionCode, ...] = ()
    claims: tuple[Claim, ...] = ()
    verification_card: Labels = field(default_factory=dict)
    not_applicable: tuple[tuple[str, str], ...] = ()
    hand_ins: tuple[HandIn, ...] = ()
    mailed: tuple[Group, ...] = ()
    areas: tuple[Area, ...] = ()
    rosters: tuple[Roster, ...] = ()
    relief: tuple[ReliefGround, ...] = ()
    indicators: tuple[Indicator, ...] = ()

    @property
    def cells(self) -> tuple[tuple[Unit, Group], ...]:
        """Every unit with every group that is called about it, in order."""
        return tuple((unit, group) for unit in self.units for group in self.groups if group.is_of(unit))

    @property
    def listed(self) -> tuple[Group, ...]:
        """The groups units hand in lists of, or that are taken from an earlier programme."""
        return (*self.groups, *self.mailed)

    @property
    def lists(self) -> tuple[tuple[Unit, Group], ...]:
        """Every unit with every group there has to be a list of, in order."""
        groups = self.listed if self.has_interviews else self.mailed
        return tuple((unit, group) for unit in self.units for group in groups if group.is_of(unit))

    @property
    def teams(self) -> tuple[str, ...]:
        """Who reports on indicators, in their order."""
        return tuple(dict.fromkeys(team for one in self.indicators for team in one.teams))

    def indicators_of(self, team: str) -> tuple[Indicator, ...]:
        """What a team reports on."""
        return tuple(one for one in self.indicators if not one.teams or team in one.teams)

    @property
    def items(self) -> tuple[Question, ...]:
        """The evaluated questions, in order."""
        return tuple(q for q in self.questions if q.weight is not None)

    @property
    def other_channels(self) -> tuple[Channel, ...]:
        """The channels that are neither made of the interviews nor made up of others."""
        return tuple(c for c in self.channels if c.kind not in ("", "phone"))

    def unit(self, code: str) -> Unit:
        """The unit of that code (KeyError if none)."""
        return _find((u for u in self.units if u.code == code), code)

    def group(self, code: str) -> Group:
        """The group of that code, called or mailed to (KeyError if none)."""
        return _find((g for g in self.listed if g.code == code), code)

    def question(self, name: str) -> Question:
        """The question of that name (KeyError if none)."""
        return _find((q for q in self.questions if q.name == name), name)

    @property
    def has_interviews(self) -> bool:
        """Whether anybody is telephoned: without channels the interviews are all there is."""
        return not self.channels or any(c.kind == "phone" for c in self.channels)

    @property
    def quota(self) -> int:
        """Completed interviews wanted in all cells together; 0 where nobody is telephoned."""
        if not self.has_interviews:
            return 0
        return sum(group.quota for _unit, group in self.cells)


def _find(found: Iterator[T], key: str) -> T:
    for thing in found:
        return thing
    raise KeyError(key)


@dataclass(frozen=True, slots=True)
class LoadedProgramme:
    """A programme as a database holds it, with where it stands.

    Attributes:
        state: setup, drawn, closed.
        loaded_at: aware UTC.
    """

    id: int
    programme: Programme
    state: str
    loaded_at: datetime
