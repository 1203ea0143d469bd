"""What settings ask, in words: those of the workbook, else of the program; no reader has to know a code."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.programmes import Labels, Programme, in_language
from cati.domain.register import hand_ins

QUESTIONS: Mapping[str, str] = {
    "bureau": N_("Which body evaluates?"),
    "local_area_code": N_("What is the local area code?"),
    "mobile_only": N_("Are only mobile numbers called?"),
    "timezone": N_("Which time zone holds?"),
    "confidence_level": N_("At what level are intervals given?"),
    "minimum_counted_items": N_("From how many counted answers on is an interview an opinion?"),
    "weigh_items_first": N_("Are items weighed inside each group before groups are weighed?"),
    "accepted_only": N_("Do only interviews count that a review has accepted?"),
    "composite_in_points": N_("Are the weights of the channels points that add up?"),
    "problems_in_total": N_("Are points for problems taken from the final score?"),
    "hotline_satisfied": N_("What are satisfied tickets of the hotline a share of?"),
    "unclear_item_counts": N_("Does “cannot say” count, with 0 points?"),
    "refused_item_counts": N_("Does an item that was refused count, with 0 points?"),
    "dont_know_item_counts": N_("Does “do not know” count, with 0 points?"),
    "approval_number": N_("Under what number is the survey approved?"),
    "hotline": N_("Which number can be called by whoever doubts the call?"),
    "expires": N_("Until which day does the approval hold?"),
    "fieldwork_start": N_("On which day does calling begin?"),
    "fieldwork_end": N_("On which day does calling end?"),
    "closed_days": N_("On which days is nobody called?"),
    "units_number": N_("How many units are evaluated?"),
    "replicate_factor": N_("How many cases are released for each place of a quota?"),
    "wish_years": N_("For how many years do wishes not to be called hold?"),
    "call_again": N_("Which question asks whether the respondent may be called again?"),
    "opinion_items": N_("Which questions give opinions that are sent to the units?"),
    "practice_interviews": N_("How many practice interviews come before the first call?"),
    "listening_told": N_("Are operators told while somebody listens to their call?"),
    "languages": N_("Which languages and dialects do respondents need?"),
    "report_smallest_cell": N_("Behind how few people is a figure withheld from units?"),
    "report_names_others": N_("Do copies for units name the other units?"),
    "busy_minutes": N_("After how many minutes is a busy number dialled again?"),
    "no_answer_minutes": N_("After how many minutes is an unanswered number dialled again?"),
    "silent_days": N_("After how many days is dialled again whoever hung up silently?"),
    "partial_days": N_("For how many days can a part of an interview be finished?"),
    "minimum_attempts": N_("How often is somebody dialled before giving up?"),
    "minimum_days": N_("On how many days is somebody dialled before giving up?"),
}
"""By name; asked as the workbook would, where it does not."""

OF_A_THING: Mapping[str, str] = {
    "deadline_": N_("By which day is this handed in: {name}?"),
    "points_": N_("How many points is this worth: {name}?"),
    "weight_": N_("What weight has this: {name}?"),
    "quota_": N_("How many interviews are wanted of: {name}?"),
}
VALUES: Mapping[str, str] = {
    "yes": N_("yes"),
    "no": N_("no"),
    "rated": N_("tickets that were rated"),
    "closed": N_("tickets that were closed"),
}
NAMELESS = N_("another setting of the programme")


def setting_question(programme: Programme, name: str, language: str) -> str:
    """What a setting asks: as its workbook says, or the program where none says it.

    Args:
        programme: whose; one loaded before questions were kept has none.
        name: of the setting.
        language: of the answer.
    """
    asked = in_language(programme.settings.questions.get(name, {}), language)
    if asked:
        # Workbooks say what to enter; whoever reads a paper enters nothing.
        return re.sub(r" ?\b(yes|no)\b ?", _entered, asked)
    if name in QUESTIONS:
        return _(QUESTIONS[name])
    for start, words in OF_A_THING.items():
        if name.startswith(start):
            thing = in_language(_things(programme).get(name.removeprefix(start), {}), language)
            return _(words).format(name=thing or _(NAMELESS))
    return _(NAMELESS)


def _entered(found: re.Match[str]) -> str:
    """What is entered as yes or no, as the language in use has it."""
    word = _(VALUES[found[1]])
    return found[0] if word == found[1] else f"“{word}”"


def setting_value(value: str) -> str:
    """The value of a setting, in words where it is one of a few."""
    return _(VALUES[value]) if value in VALUES else value


def _things(programme: Programme) -> dict[str, Labels]:
    """What points, weights and days can be of, by code."""
    found: dict[str, Labels] = {}
    for choices in programme.choices.values():
        found |= {one.name: one.labels for one in choices}
    for things in (programme.channels, programme.groups, programme.adjustments, hand_ins(programme)):
        found |= {one.code: {**one.labels, "zh": one.labels.get("zh", one.label)} for one in things}
    return found
