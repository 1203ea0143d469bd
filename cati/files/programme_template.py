"""An empty programme workbook to fill in: headings with notes, lists to choose from, names of settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cati.base.i18n import language
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.domain.claims import COUNTED, WORKED_OUT
from cati.domain.deductions import PER
from cati.domain.dispositions import DISPOSITIONS
from cati.domain.programmes import LIST_KINDS
from cati.files.exports import as_os_error
from cati.files.programme_channels import CHANNEL_KINDS
from cati.files.programme_rules import HAND_IN_KINDS
from cati.files.programme_settings import KNOWN, REQUIRED, YES_NO
from cati.files.programme_words import COLUMNS, NEEDED, SHEETS, TRANSLATED

ROWS = 500
"""Rows below the headings that have lists to choose from."""

_LANGUAGES = ("中文 (zh)", "English (en)")

NOTES: Mapping[str, Mapping[str, str]] = {
    "survey": {
        "type": N_("Kind: select_one LIST, select_multiple LIST, integer, decimal, text, note or calculate."),
        "name": N_("Short name in letters without blanks; nothing else is called so."),
        "label": N_("The words read out. ${name} stands for an answer or a fact, such as ${unit}."),
        "short": N_("What the question is called in lists."),
        "hint": N_("What the operator may explain when asked."),
        "relevant": N_("Asked only if this holds, such as ${adult} = 'yes'. Empty: always."),
        "constraint": N_("An answer must meet this, such as . >= 18."),
        "constraint_message": N_("What the operator reads when it does not."),
        "required": N_("yes: the interview is not complete without it."),
        "calculation": N_("For calculate only: how it is worked out."),
        "weight": N_("For evaluated items: percent; all together 100."),
        "script": N_("read: read out. note: for the operator only."),
        "disposition": N_("A row that ends the interview: its outcome."),
        "units": N_("Codes of the units it is asked about, with semicolons between them. Empty: all."),
        "groups": N_("Codes of the groups it is asked of, with semicolons between them. Empty: all."),
    },
    "choices": {
        "list_name": N_("The list this answer belongs to; survey names it after select_one."),
        "name": N_("Short name in letters without blanks, such as satisfied, dont_know, refused."),
        "label": N_("The words of the answer."),
        "points": N_("Points of the answer. Empty: it is not counted."),
        "key": N_("The digit that records it: 1 to 4 for levels, 0 does not know, 7 cannot say, 9 declined."),
    },
    "settings": {
        "form_title": N_("Title of the programme."),
        "form_id": N_("Code of the programme, such as yazhou-2023: letters, digits, hyphens."),
        "version": N_("Version of this workbook."),
        "default_language": N_("Language of headings without one."),
    },
    "programme": {
        "name": N_("Name of the setting; only those listed here are known."),
        "value": N_("Its value. Left empty with a proposed one, loading asks for it."),
        "proposed": N_("What is proposed where the document leaves it open."),
        "question": N_("What is asked when it is loaded."),
        "source": N_("Where the document says so, or is silent."),
    },
    "call_hours": {
        "groups": N_("Codes of groups. Empty: all."),
        "weekdays": N_("Such as mon-fri or sat, sun."),
        "start": N_("Such as 09:00."),
        "end": N_("Such as 12:00."),
    },
    "units": {
        "code": N_("Short code in letters and digits."),
        "name": N_("The name as phone lists write it after 报送单位."),
        "series": N_("The peer group it is ranked in."),
        "alias": N_("Other names it goes by, with semicolons between them."),
        "not_applicable": N_("Names of items that do not apply to it, with semicolons between them."),
    },
    "groups": {
        "code": N_("Short code in letters and digits."),
        "label": N_("The name as phone lists name their sheets."),
        "weight": N_("Percent of the group; all together 100. Empty: pooled."),
        "quota": N_("Completed interviews wanted of each unit."),
        "minimum_list_size": N_(
            "Usable rows a list must have, for a series otherwise: 500; SERIES=300. Empty: none asked for."
        ),
        "alias": N_("What else sheets and titles of its lists say, with semicolons between them."),
        "series": N_("Series of units it is about, with semicolons between them. Empty: all."),
        "list_kind": N_(
            "phone: units hand in numbers. mail: units hand in addresses, and nobody is called. "
            "follow_up: people who gave opinions in an earlier programme. Empty: phone."
        ),
        "covers_areas": N_("yes: its lists must have people of every row of the sheet of areas."),
        "minimum_items": N_("Fewest items asked of it about any one unit. Empty: any number."),
    },
    "channels": {
        "code": N_("Short code in letters and digits."),
        "label": N_("The name of the channel."),
        "weight": N_("Percent of the channel; all together 100, or what the channel above them weighs."),
        "kind": N_("How opinions are collected: phone, ballots, web, hotline, leaders. Empty: see parent."),
        "parent": N_("Code of the channel it is a part of, in a row above. Empty: of the composite."),
        "series": N_("Series of units it is about, with semicolons between them. Empty: all."),
    },
    "channel_items": {
        "channel": N_("Code of the channel in which this is evaluated in place of the questionnaire."),
        "name": N_("Short name in letters without blanks."),
        "label": N_("What is evaluated."),
        "weight": N_("Percent in its channel; all together 100."),
        "list_name": N_("The list of its answers. Empty: a number is given."),
        "minimum": N_("Lowest number that may be given."),
        "maximum": N_("Highest number that may be given."),
    },
    "channel_groups": {
        "channel": N_("Code of the channel these people are asked in."),
        "code": N_("Short code in letters and digits."),
        "label": N_("Who they are."),
        "weight": N_("Percent in its channel; all together 100. Empty: pooled."),
    },
    "rosters": {
        "channel": N_("Code of the channel of ballots they fill in."),
        "code": N_("Short code in letters and digits."),
        "label": N_("Who they are."),
        "listed": N_("How many names are handed in."),
        "drawn": N_("How many of them are drawn."),
    },
    "adjustments": {
        "code": N_("Short code; late is proposed for lists that came late."),
        "label": N_("The name of the ground."),
        "points": N_("Points added, or taken with a minus."),
        "rule": N_("The rule in words."),
        "per": N_("For what: unit (once), problem or person (each one). Empty: unit."),
        "doubled": N_(
            "In which of found_above, not_mended, report_late, undecided, always it counts double."
        ),
        "halved": N_("When it counts half, such as accountable."),
        "most": N_("A unit gets or loses no more than so many points on this ground. Empty: no bound."),
    },
    "hand_ins": {
        "code": N_("Short code in letters and digits."),
        "label": N_("What is handed in."),
        "kind": N_("lists, progress: enter by themselves when they are imported. Empty: entered by hand."),
        "ground": N_("Code of the adjustment proposed when it came late and hindered the work. Empty: none."),
        "units": N_("Units or series that hand it in, with semicolons between them. Empty: all."),
        "deadline": N_(
            "The setting deadline_ and this name is the day by which. Empty: the code is the name."
        ),
    },
    "areas": {
        "name": N_("A city or county as addresses name it."),
        "alias": N_("Other words for it, with semicolons between them."),
    },
    "opinion_codes": {
        "code": N_("Short code in letters and digits."),
        "label": N_("What an opinion of this code is about; none: it says nothing, and is not sent."),
    },
    "indicators": {
        "code": N_("Short code in letters and digits."),
        "label": N_("What is measured."),
        "channel": N_("Code of the channel of kind indicators it is a part of."),
        "section": N_("Heading it stands under."),
        "points": N_("Most points a unit can get; in a channel they add up to its weight."),
        "collector": N_("Body that gives the points."),
        "leader": N_("Office of who answers for it; never a name."),
        "teams": N_("Who reports on it, with semicolons between them. Empty: all."),
    },
    "relief": {
        "code": N_("Short code in letters and digits."),
        "label": N_("Why a problem may cost less, or nothing."),
    },
    "claims": {
        "code": N_("Short code in letters and digits."),
        "label": N_("What a report claims."),
        "measure": N_("What is counted in."),
        "planned": N_("As the report says; 300+ stands for more than 300."),
        "done": N_("As the report says; 300+ stands for more than 300."),
        "figure": N_("What is computed beside it. Empty: nothing."),
        "of": N_("Series, channels, or codes of the rows it is worked out from, with semicolons between."),
        "source": N_("Where the report says so."),
    },
}
"""What each heading wants, to be translated."""

_YES_NO = ("yes", "no")
_CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "survey": {
        "type": ("select_one", "select_multiple", "integer", "decimal", "text", "note", "calculate"),
        "required": _YES_NO,
        "script": ("read", "note"),
    },
    "settings": {"default_language": _LANGUAGES},
    "channels": {"kind": CHANNEL_KINDS},
    "adjustments": {"per": PER},
    "hand_ins": {"kind": HAND_IN_KINDS},
    "groups": {"list_kind": LIST_KINDS, "covers_areas": _YES_NO},
    "claims": {"figure": (*COUNTED, *WORKED_OUT)},
}
# A type such as ``select_one level`` goes beyond the list; what the list offers is a beginning.
_OPEN = {("survey", "type"), ("call_hours", "groups")}
_WORDS = "words"
"""A hidden sheet with words too many for a list in a cell; loading leaves it alone."""


def write_template(path: Path) -> None:
    """Write an empty programme workbook in the language in use.

    Its headings are the program's own words, which loading takes in any language of the program; in Chinese
    the Chinese ones.

    Args:
        path: an .xlsx file; an existing one is replaced.

    Raises:
        OSError: it could not be written.
    """
    import xlsxwriter
    from xlsxwriter.exceptions import XlsxWriterException

    book = xlsxwriter.Workbook(str(path))
    try:
        bold = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#DDE8F7", "border": 1})
        must = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#FBEACB", "border": 1})
        for name in SHEETS:
            _write_sheet(book, name, bold, must)
        words = book.add_worksheet(_WORDS)
        words.write_column(0, 0, list(DISPOSITIONS))
        words.hide()
    finally:
        try:
            book.close()
        except XlsxWriterException as error:
            raise as_os_error(error) from error


def headings(sheet: str) -> list[tuple[str, str]]:
    """Headings of a sheet with the canonical column each is for, in the language in use."""
    found = []
    for column, aliases in COLUMNS[sheet].items():
        word = aliases[0] if language() != "en" and aliases else column
        if column in TRANSLATED and column != "name":
            found += [(f"{word}::{spoken}", column) for spoken in _LANGUAGES]
        else:
            found.append((word, column))
    return found


def _title(name: str) -> str:
    return SHEETS[name][0] if language() != "en" else name


def _write_sheet(book: Any, name: str, bold: Any, must: Any) -> None:
    sheet = book.add_worksheet(_title(name))
    sheet.freeze_panes(1, 0)
    for at, (heading, column) in enumerate(headings(name)):
        sheet.write_string(0, at, heading, must if column in NEEDED[name] else bold)
        sheet.write_comment(0, at, _(NOTES[name][column]), {"x_scale": 2})
        sheet.set_column(at, at, max(12, 2 * len(heading)))
        choices = _choices(name, column)
        if choices:
            _offer(sheet, (1, at, ROWS, at), choices, binding=(name, column) not in _OPEN)
    if name == "programme":
        for number, setting in enumerate(dict.fromkeys([*REQUIRED, *KNOWN]), 1):
            sheet.write_string(number, 0, setting)
            if setting in YES_NO:
                _offer(sheet, (number, 1, number, 2), _YES_NO, binding=True)


def _offer(sheet: Any, place: tuple[int, int, int, int], choices: Sequence[str] | str, binding: bool) -> None:
    """Let cells be chosen from a list; one that does not bind takes other words after a warning."""
    source = choices if isinstance(choices, str) else list(choices)
    kind = "stop" if binding else "information"
    sheet.data_validation(*place, {"validate": "list", "source": source, "error_type": kind})


def _choices(sheet: str, column: str) -> Sequence[str] | str:
    """What may be chosen in a column: words, or the cells they stand in; empty where anything may stand."""
    if (sheet, column) == ("survey", "disposition"):
        return f"={_WORDS}!$A$1:$A${len(DISPOSITIONS)}"
    if (sheet, column) == ("call_hours", "groups"):
        return f"='{_title('groups')}'!$A$2:$A${ROWS}"
    return _CHOICES.get(sheet, {}).get(column, ())
