"""What citizens bring to the 12345 hotline, one ticket each: limits, returns, appeals, claims of points.

The rules are those of 鱼峰区12345政务服务便民热线办理工作考评办法（2024年修订）; each stands with its
sentence.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from cati.base.i18n import mark as N_
from cati.domain.programmes import Programme
from cati.domain.working_days import working_days_after


class Kind(StrEnum):
    """What a citizen wants (诉求类型)."""

    URGENT = "urgent"
    QUESTION = "question"
    HELP = "help"
    PROPOSAL = "proposal"
    COMPLAINT = "complaint"
    REPORT = "report"


class Way(StrEnum):
    """What a unit did with a ticket: worked on it to its end, or returned it as another's."""

    CLOSED = "closed"
    RETURNED = "returned"


class Outcome(StrEnum):
    """What a citizen says came of it, by SMS or when called back."""

    RESOLVED = "resolved"
    PARTLY = "partly"
    UNRESOLVED = "unresolved"


class Appeal(StrEnum):
    """What became of a unit's appeal against a spot check."""

    PASSED = "passed"
    FAILED = "failed"


LIMITS = {Kind.QUESTION: 2, Kind.HELP: 3, Kind.PROPOSAL: 5, Kind.COMPLAINT: 10, Kind.REPORT: 10}
"""Working days: 咨询类办件2个工作日内办结并答复；求助类办件3个工作日内…；建议类办件5个工作日内…；
投诉类、举报类办件10个工作日内办结并答复."""
URGENT_HOURS = 24
"""突发类办件24小时内办结并答复."""
RETURN_DAYS, RETURN_MINUTES = 1, 30
"""求助类、投诉类、举报类、咨询类、建议类工单要求在1个工作日内退单，突发类工单要求在30分钟内退单."""

BONUS_LEAST, BONUS_MOST = Decimal("0.05"), Decimal("0.1")
"""每项加 0.05 至0.1分."""
CLAIM_DAYS = 15
"""各承办单位在工单办结15个工作日内自主申报加分，逾期不再受理申报材料."""
GROUNDS = {
    "hotline_hard": N_("hard to solve, done fast and well, the citizen is satisfied"),
    "hotline_beyond": N_("taken on beyond the unit's duties, done in time, the citizen is satisfied"),
    "hotline_source": N_("the cause was removed at its source, the citizen is satisfied"),
    "hotline_joint": N_("led with several departments, done in time, the citizen is satisfied"),
    "hotline_pressed": N_("a focus of complaints under special supervision, done fast and well"),
}
"""The five grounds of points that are added (四、加分指标考核及标准), in their order."""
CHECKED_ON_SITE = "hotline_pressed"
"""The ground that holds without a satisfied citizen, where the hotline saw on site that it is so."""
IN_TIME = ("hotline_beyond", "hotline_joint")
"""The grounds that ask for a ticket done in time: 积极协调办理、按时办结; 主动协调、按时办结."""


def is_for_tickets(programme: Programme, ground: str) -> bool:
    """Whether points on a ground are claimed for tickets, each with its number, and not given by hand."""
    return ground in GROUNDS and any(channel.kind == "hotline" for channel in programme.channels)


@dataclass(frozen=True, slots=True)
class Ticket:
    """One request of a citizen as a unit got it, without text, name or number of anybody.

    Attributes:
        number: of the platform.
        unit: code of the unit that had to see to it.
        sent, done: aware, in the programme's time zone; done is the return where it was returned.
        marked: whether the platform says it was in time, None where it says nothing.
        satisfied: what the citizen says, None if nobody was asked or answered.
        sms, call: what the citizen says came of it.
        spot_unresolved: a check by the autonomous region found it unresolved.
        appealed: day of the appeal, None if the file does not say.
        extension: more time that was granted, in working days, or hours for an urgent one; >= 0.
        suspended: from when to when it was suspended (挂起).
    """

    number: str
    unit: str
    kind: Kind
    sent: datetime
    done: datetime
    way: Way
    marked: bool | None = None
    satisfied: bool | None = None
    sms: Outcome | None = None
    call: Outcome | None = None
    spot_unresolved: bool = False
    appeal: Appeal | None = None
    appealed: date | None = None
    extension: int = 0
    suspended: tuple[datetime, datetime] | None = None


def most_extension(kind: Kind) -> int:
    """The longest extension: 延长时限原则上不得超过原办理时限的1倍; working days, hours if urgent."""
    return URGENT_HOURS if kind is Kind.URGENT else LIMITS[kind]


def due(ticket: Ticket) -> datetime:
    """The last moment at which a ticket is done, or returned, in time.

    诉求工单的办结计算时限自派单的下一个工作日起计算: the day it was sent on does not count, and the last
    day counts to its end. Hours and minutes of urgent ones run from the moment it was sent. What was
    suspended while the limit ran does not count; a return is neither extended nor suspended.

    Raises:
        CatiError: ``holidays_unknown``.
    """
    closed = ticket.way is Way.CLOSED
    if ticket.kind is Kind.URGENT:
        if not closed:
            return ticket.sent + timedelta(minutes=RETURN_MINUTES)
        last = ticket.sent + timedelta(hours=URGENT_HOURS + min(ticket.extension, URGENT_HOURS))
        if ticket.suspended and ticket.suspended[0] <= last:
            last += ticket.suspended[1] - ticket.suspended[0]
        return last
    if closed:
        days = LIMITS[ticket.kind] + min(ticket.extension, most_extension(ticket.kind))
        pause = ticket.suspended and (ticket.suspended[0].date(), ticket.suspended[1].date())
    else:
        days, pause = RETURN_DAYS, None
    return datetime.combine(
        working_days_after(ticket.sent.date(), days, pause), time.max, tzinfo=ticket.sent.tzinfo
    )


def is_on_time(ticket: Ticket) -> bool:
    """Whether a ticket was done, or returned, within its limit, whatever the platform marked."""
    return ticket.done <= due(ticket)


def counts_as_on_time(ticket: Ticket) -> bool:
    """Whether a ticket was in time as the platform marked it, which is adopted, or else by its limit."""
    return is_on_time(ticket) if ticket.marked is None else ticket.marked


def appeal_until(day: date) -> date:
    """The last day to appeal against a figure of a day: 自该项考评指标产生至下一个月最后一个自然日前申诉."""
    year, month = (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)
    return date(year, month, monthrange(year, month)[1])


def claim_until(done: date) -> date:
    """The last day on which a unit may claim added points for a ticket closed on a day.

    Raises:
        CatiError: ``holidays_unknown``.
    """
    return working_days_after(done, CLAIM_DAYS)


def costs_points(ticket: Ticket) -> bool:
    """Whether a spot check of it costs points: found unresolved, and the appeal did not pass.

    An appeal after its last day cannot have passed: 超时后系统自动关闭申诉通道.
    """
    late = ticket.appealed is not None and ticket.appealed > appeal_until(ticket.done.date())
    return ticket.spot_unresolved and ticket.appeal is not None and (ticket.appeal is Appeal.FAILED or late)
