"""What the overview says of steps, stages and days."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.forecast import Forecast
from cati.domain.overview import CellFacts, Facts, Overview, StageName, Standing, Step
from cati.domain.programmes import in_language
from cati.gui.office.words import date_words

STAGES = {
    StageName.LISTS: N_("Lists"),
    StageName.DRAW: N_("Draw"),
    StageName.FIELD: N_("Interviews"),
    StageName.REVIEW: N_("Review"),
    StageName.SCORES: N_("Scores"),
    StageName.REPORT: N_("Report"),
}
STANDINGS = {
    Standing.WAITING: N_("not begun"),
    Standing.UNDER_WAY: N_("under way"),
    Standing.DONE: N_("done"),
    Standing.LOCKED: N_("locked"),
}
BUTTONS = {
    "frames": N_("Go to the lists"),
    "draws": N_("Go to the draw"),
    "quotas": N_("Go to the quotas"),
    "field": N_("Go to the field"),
    "review": N_("Go to the review"),
    "scores": N_("Go to the scores"),
    "exports": N_("Go to the exports"),
    "programmes": N_("Go to the programme"),
}


class Said(NamedTuple):
    """A step in words: what is to be done, and why."""

    what: str
    why: str


def step_words(step: Step, facts: Facts) -> Said:
    """A step as the screen says it."""
    count, on = step.count, "" if step.on is None else date_words(step.on)
    names = _some(step.names)
    match step.code:
        case "import_lists":
            what = ngettext("Import the list of {count} cell", "Import the lists of {count} cells", count)
            why = _("{here} of {wanted} lists are here.").format(
                here=facts.lists.here, wanted=facts.lists.wanted
            )
            due = _(" They are due on {day}.").format(day=on) if on else ""
            return Said(what.format(count=count), why + due)
        case "begin_draw":
            return Said(_("Publish the hash of the lists and collect the parties' parts"),
                        _("All lists are here; from then on none can be changed."))  # fmt: skip
        case "reveal":
            return Said(
                _("Let the parties reveal their parts"), _("Still to reveal: {names}").format(names=names)
            )
        case "hold_draw":
            return Said(_("Hold the draw"), _("All parties have revealed; only the public value is missing."))
        case "draw_later":
            what = ngettext("Draw {count} list that came later", "Draw {count} lists that came later", count)
            return Said(what.format(count=count), _("Their cells had none at the draw; L at the draw."))
        case "supplement":
            what = ngettext(
                "Open the public pool for {count} cell", "Open the public pool for {count} cells", count
            )
            why = _(
                "Their lists are used up: {names}. It needs a reason; the share is printed beside the score."
            )
            return Said(what.format(count=count), why.format(names=names))
        case "soon_dry":
            what = ngettext("{count} list will run dry", "{count} lists will run dry", count)
            return Said(what.format(count=count), _("fewer than two cases left for each interview missing"))
        case "speed_up":
            what = _("Call faster: {count} interviews a day are needed").format(count=count)
            return Said(
                what, _("At the speed of the last seven days the end on {day} is missed.").format(day=on)
            )
        case "close_full":
            return Said(_("Close fieldwork"), _("All quotas are full. Then the scores may be seen."))
        case "close_unasked":
            why = _("Nobody is called in this programme, and all other opinions are in.")
            return Said(_("Close fieldwork"), why)
        case "close_late":
            why = _("Fieldwork ended on {day}; {count} interviews are missing and stay so.")
            return Said(_("Close fieldwork"), why.format(day=on, count=count))
        case "wait_for_start":
            return Said(_("Nothing yet: calling begins on {day}").format(day=on), _("The draw is done."))
        case "go_on":
            what = ngettext(
                "Go on calling: {count} interview to go", "Go on calling: {count} interviews to go", count
            )
            return Said(what.format(count=count), _("Nothing holds the fieldwork up."))
        case _:
            return _later_words(step, facts, names, on)


def button_words(place: str) -> str:
    """What the button says that leads to a place."""
    return _(BUTTONS[place])


def _later_words(step: Step, facts: Facts, names: str, on: str) -> Said:
    count = step.count
    match step.code:
        case "review":
            what = ngettext("Review {count} interview", "Review {count} interviews", count)
            return Said(what.format(count=count), _("The oldest is of {day}.").format(day=on) if on else "")
        case "enter_scores":
            what = _("Enter the scores of {names}").format(names=_channels(step.names, facts))
            why = ngettext("{count} unit has none yet.", "{count} units have none yet.", count)
            return Said(what, why.format(count=count))
        case "decide_points":
            what = ngettext(
                "Decide on the points of {count} unit", "Decide on the points of {count} units", count
            )
            return Said(what.format(count=count), names)
        case "sign_off":
            return Said(_("Have the scores approved by a second body"), _("All scores are complete."))
        case "report":
            due = _("The report is due on {day}.").format(day=on) if on else ""
            what = _("Write the report, and a copy for every unit")
            return Said(what, due or _("Neither has been written yet."))
        case "retire":
            why = _("The scores were exported on {day}; the phone numbers are needed no longer.")
            return Said(_("Retire the programme"), why.format(day=on))
        case "assumed":
            what = ngettext("{count} setting is assumed", "{count} settings are assumed", count)
            return Said(what.format(count=count), _("the document leaves them open"))
        case "overdue_hand_ins":
            what = ngettext("{count} hand-in is overdue", "{count} hand-ins are overdue", count)
            return Said(what.format(count=count), names)
        case "overdue_replies":
            what = ngettext(
                "{count} reply to opinions is overdue", "{count} replies to opinions are overdue", count
            )
            return Said(what.format(count=count), names)
        case "short_lists":
            what = ngettext("{count} list is too short", "{count} lists are too short", count)
            return Said(what.format(count=count), _("accepted, and marked"))
        case _:
            return Said(_("The public pool is missing"), _("it helps where a list runs dry"))


def _channels(codes: tuple[str, ...], facts: Facts) -> str:
    labels = {c.code: in_language(c.labels, language(), c.label) for c in facts.programme.channels}
    return _some(tuple(labels[code] for code in codes))


def _some(names: tuple[str, ...], most: int = 3) -> str:
    rest = len(names) - most
    shown = _(", ").join(names[:most])
    return _("{names} and {count} more").format(names=shown, count=rest) if rest > 0 else shown


class StageWords(NamedTuple):
    """A stage in words.

    Attributes:
        figure: large.
        lines: under it.
        trouble: what needs a person, or empty.
    """

    figure: str
    lines: tuple[str, ...]
    trouble: str = ""


def stage_words(stage: StageName, standing: Standing, found: Overview) -> StageWords:
    """A stage as its card says it."""
    facts = found.facts
    match stage:
        case StageName.LISTS:
            lists = facts.lists
            rows = _("{rows:,} rows, {usable:,} usable").format(rows=lists.rows, usable=lists.usable)
            late = len(facts.scores.late) + facts.scores.late_proposed
            trouble = ngettext("{count} late, undecided", "{count} late, undecided", late).format(count=late)
            return StageWords(f"{lists.here} / {lists.wanted}", (rows,), trouble if late else "")
        case StageName.DRAW:
            return _draw_words(facts)
        case StageName.FIELD:
            return _field_words(facts)
        case StageName.REVIEW:
            review = facts.review
            out = _("excluded {excluded} · sent back {back}").format(
                excluded=review.excluded, back=review.sent_back
            )
            waits = review.complete - review.decided
            days = (facts.today - review.oldest).days if review.oldest is not None else 0
            open_for = _("longest unreviewed: {days} days").format(days=days)
            return StageWords(
                f"{review.decided:,} / {review.complete:,}", (out, open_for) if waits else (out,)
            )
        case StageName.SCORES:
            missing = tuple(code for code, count in facts.scores.missing.items() if count)
            trouble = _("{names} not entered").format(names=_channels(missing, facts)) if missing else ""
            if standing is Standing.LOCKED:
                return StageWords(_("after fieldwork"), (_("nobody sees interim scores"),), trouble)
            signed = facts.scores.signed_by
            line = _("approved by {body}").format(body=signed) if signed else _("not approved yet")
            return StageWords(_("may be seen"), (line,), trouble)
        case StageName.REPORT:
            due = facts.programme.settings.deadlines.get("report")
            if facts.reported_on is not None:
                return StageWords(date_words(facts.reported_on), (_("scores exported"),))
            return StageWords(
                _("by {day}").format(day=date_words(due)) if due else "—", (_("scores not exported"),)
            )


def _draw_words(facts: Facts) -> StageWords:
    draw = facts.draw
    if not draw.state:
        return StageWords("—", (_("after the lists"),))
    parties = ngettext("{count} party", "{count} parties", draw.parties).format(count=draw.parties)
    if draw.state == "committed":
        return StageWords(_("published"), (parties,))
    tickets = _("{count:,} tickets").format(count=draw.tickets)
    return StageWords(
        tickets, (_("{parties}, certificate {hash}").format(parties=parties, hash=draw.certificate[:8]),)
    )


def _field_words(facts: Facts) -> StageWords:
    quota = facts.programme.quota
    share = 100 * facts.completed // quota if quota else 0  # full is said only of what is
    line = _("{share} % · on desks {count}").format(share=share, count=facts.field.under_way)
    dry = sum(map(_is_dry, facts.field.cells)) + facts.field.soon_dry if facts.state == "drawn" else 0
    trouble = ngettext("{count} list running dry", "{count} lists running dry", dry).format(count=dry)
    return StageWords(f"{facts.completed:,} / {quota:,}", (line,), trouble if dry else "")


def _is_dry(cell: CellFacts) -> bool:
    return cell.dry


def stage_time(stage: StageName, standing: Standing, facts: Facts) -> str:
    """The words at the right of a stage's name: a day, or how far it is."""
    days: dict[StageName, date | None] = {
        StageName.DRAW: facts.draw.on if facts.draw.state == "held" else None,
        StageName.FIELD: facts.field.closed_on,
        StageName.REPORT: facts.reported_on,
    }
    day = days.get(stage)
    return date_words(day) if day is not None else _(STANDINGS[standing])


def speed_words(forecast: Forecast) -> str:
    """What a day needs, and what it gave."""
    parts = []
    if forecast.needed is not None:
        parts.append(_("{count} a day needed").format(count=forecast.needed))
    if forecast.average is not None:
        parts.append(_("{count:.0f} a day in the last 7 days").format(count=forecast.average))
    return " · ".join(parts)


def verdict_words(forecast: Forecast) -> str:
    """Whether the end is met, or empty when that cannot be said."""
    return "" if forecast.in_time is None else _("in time") if forecast.in_time else _("too slow")
