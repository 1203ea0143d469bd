"""What is asked at the opinions: words to hide, the list of codes, bundles, answers, a file of opinions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.hiding import words_of
from cati.domain.opinions import CodeStep, StepKind
from cati.domain.programmes import LoadedProgramme, in_language
from cati.gui.form import labelled
from cati.gui.office.files import choose_files, choose_folder
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.opinions.lines import EVERYBODY, Known, UnitLine, code_words
from cati.gui.widgets.button import Button
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row
from cati.gui.widgets.segments import Segment, Segments
from cati.gui.widgets.text import Text

if TYPE_CHECKING:
    from cati.services.follow_up import FollowUp
    from cati.services.follow_ups import FollowUps
    from cati.services.opinion_bundles import Bundle, Taken
    from cati.services.opinions import Opinion

Done = Callable[[], Any]
PATTERNS = ("*.xlsx", "*.csv")
STEPS = {
    StepKind.ADD: N_("add"),
    StepKind.RENAME: N_("rename"),
    StepKind.MERGE: N_("merge"),
    StepKind.RETIRE: N_("retire"),
    StepKind.RESTORE: N_("restore"),
}


def _file_row(place: Place, field: LineField, folder: bool = False) -> Holder:
    """A field for a file or folder, and the button that lets it be chosen."""

    def choose() -> None:
        if folder:
            choose_folder(place, _("Choose a folder"), field.text(), lambda path: field.setText(str(path)))
        else:
            choose_files(
                place, _("Choose a file"), PATTERNS, lambda paths: field.setText(str(paths[0])), several=False
            )

    button = Button(_("Choose a folder") if folder else _("Choose a file"))
    button.clicked.connect(choose)
    return Holder(row((labelled(field), 1), column(None, button), gap=8))


def ask_hiding(place: Place, loaded: LoadedProgramme, one: Opinion, done: Done) -> Question:
    """Which words of an opinion its unit does not get to see."""
    field = LineField(_("Words to hide, with semicolons between them"))
    field.setText("；".join(words_of(one.text, one.hidden)))
    session = place.office.session

    def answer() -> None:
        from cati.services import opinions

        words = [part.strip() for part in re.split("[;；]", field.text()) if part.strip()]
        asked.send(lambda: opinions.hide(session, loaded, one.id, words), lambda _spans: done())

    lead = _(
        "Names, numbers, places by which somebody is known. Name and numbers of whoever was asked are hidden "
        "by themselves. The words as they were said are kept."
    )
    parts = [Text(one.text, 15, wrap=True), labelled(field)]
    asked = Question(place, _("Hide words from the unit"), lead, parts, _("Store"), answer)
    return asked


def ask_codes(place: Place, known: Known, done: Done) -> Question:
    """Change the list of codes."""
    book = known.found.book
    listed = _("; ").join(
        f"{one.code} {code_words(book, one.code)}"
        + (f" → {one.into}" if one.into else _(" (no longer given)") if one.retired else "")
        for one in book.values()
    )
    which = Segments(_("Change"), [Segment(kind, _(words)) for kind, words in STEPS.items()])
    code, words = LineField(_("Code, in letters and digits")), LineField(_("What it means"))
    words_row = labelled(words)
    other = LineField(_("Code it is merged into"))
    other_row = labelled(other)
    loaded, session = known.loaded, place.office.session

    def follow(kind: str) -> None:
        words_row.setVisible(kind in (StepKind.ADD, StepKind.RENAME))
        other_row.setVisible(kind == StepKind.MERGE)

    def answer() -> None:
        from cati.services import opinions

        kind = StepKind(which.code)
        needed = [code, *([words] if words_row.isVisibleTo(asked) else [])]
        needed += [other] if other_row.isVisibleTo(asked) else []
        if asked.form.filled_in(*needed):
            label = words.text() if words in needed else ""
            step = CodeStep(kind, code.text(), label, other.text() if other in needed else "")
            asked.send(lambda: opinions.change_codes(session, loaded, step), lambda _book: done())

    which.chosen.connect(follow)
    follow(which.code)
    lead = _("What was coded is kept: a merged code means the other one, a retired one stays where it is.")
    parts = [
        Text(listed, 13, wrap=True),
        Holder(row(which, None)),
        Holder(row((labelled(code), 1), (words_row, 1), (other_row, 1), gap=12)),
    ]
    asked = Question(place, _("Codes of opinions"), lead, parts, _("Change"), answer, width=680)
    return asked


def ask_sending(place: Place, known: Known, unit: UnitLine | None, done: Callable[[str], Any]) -> Question:
    """Until when units are to answer, and where their workbooks go."""
    due = LineField(_("Last day to answer, such as 2024-11-18, or a number of working days"))
    folder = LineField(_("Folder"))
    folder.setText(str(Path.home()))
    one = [] if unit is None or unit.code == EVERYBODY else [Segment(unit.code, unit.name)]
    whom = Segments(_("To whom"), [*one, Segment(EVERYBODY, _("All units"))])
    loaded, session = known.loaded, place.office.session

    def answer() -> None:
        if asked.form.filled_in(due, folder):
            given = due.text().strip(), Path(folder.text().strip()).expanduser(), whom.code
            asked.send(lambda: _write(session, loaded, *given), lambda made: done(_sent_words(made)))

    lead = _(
        "Each unit gets a workbook of the opinions it was not sent yet, in an order left to chance and "
        "without anything that tells who said them."
    )
    parts = [labelled(due), _file_row(place, folder, folder=True), Holder(row(whom, None))]
    asked = Question(place, _("Send opinions to units"), lead, parts, _("Write"), answer, width=680)
    return asked


def _write(session: Any, loaded: LoadedProgramme, due: str, folder: Path, unit: str) -> tuple[Bundle, ...]:
    from cati.services import opinion_bundles

    units = [unit] if unit else []
    if re.fullmatch(r"[1-9]\d{0,2}", due):
        return opinion_bundles.send(session, loaded, folder, working_days=int(due), units=units)
    return opinion_bundles.send(session, loaded, folder, due_on=_day(due), units=units)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CatiError(
            "no_day", N_("“{text}” is no day such as 2024-11-18. Nothing was changed."), text=text
        ) from error


def _sent_words(made: tuple[Bundle, ...]) -> str:
    words = ngettext(
        "{count} workbook written to {folder}.", "{count} workbooks written to {folder}.", len(made)
    )
    return words.format(count=len(made), folder=made[0].file.parent)


def ask_answers(place: Place, known: Known, done: Callable[[str], Any]) -> Question:
    """Which workbook came back, and when."""
    file, day = LineField(_("File (.csv or .xlsx)")), LineField(_("Handed in on"))
    day.setText(known.sent.today.isoformat())
    loaded, session = known.loaded, place.office.session

    def answer() -> None:
        from cati.services import opinion_bundles

        if asked.form.filled_in(file, day):
            path, text = Path(file.text().strip()).expanduser(), day.text().strip()
            asked.send(
                lambda: opinion_bundles.take_replies(session, loaded, path, received_on=_day(text)),
                lambda taken: done(_taken_words(loaded, taken)),
            )

    lead = _("The workbook the unit was sent, with its columns filled in. All of it is taken, or nothing.")
    parts = [_file_row(place, file), labelled(day)]
    asked = Question(place, _("Answers of a unit"), lead, parts, _("Take over"), answer, width=680)
    return asked


def _taken_words(loaded: LoadedProgramme, taken: Taken) -> str:
    words = ngettext(
        "{unit}: {count} answer taken, {late} late.",
        "{unit}: {count} answers taken, {late} late.",
        taken.count,
    )
    name = loaded.programme.unit(taken.unit).name
    return words.format(unit=name, count=taken.count, late=taken.late)


def ask_words(place: Place, known: Known, done: Callable[[str], Any]) -> Question:
    """Opinions that came otherwise than in interviews."""
    file = LineField(_("File (.csv or .xlsx)"))
    channels = known.loaded.programme.other_channels
    which = Segments(_("Channel"), [Segment(c.code, in_language(c.labels, "zh", c.label)) for c in channels])
    loaded, session = known.loaded, place.office.session

    def answer() -> None:
        from cati.services import opinions

        if asked.form.filled_in(file):
            path, channel = Path(file.text().strip()).expanduser(), which.code
            asked.send(lambda: opinions.take_words(session, loaded, channel, path), finish)

    def finish(count: int) -> None:
        words = ngettext("{count} opinion taken.", "{count} opinions taken.", count)
        done(words.format(count=count))

    lead = _("A row for each opinion, with the columns 单位 and 意见, such as what was written on ballots.")
    parts = [_file_row(place, file), Holder(row(which, None))]
    asked = Question(place, _("Opinions from a file"), lead, parts, _("Take over"), answer, width=680)
    return asked


def ask_following(
    place: Place,
    loaded: LoadedProgramme,
    plan: FollowUps,
    later: Sequence[LoadedProgramme],
    done: Callable[[str], Any],
) -> Question:
    """Which programme in preparation asks again those who gave an opinion in this one."""
    told = _("Gave an opinion: {asked}; agreed to be called again: {agreed}; may be called: {willing}.")
    found = Text(
        told.format(asked=plan.asked, agreed=plan.agreed, willing=sum(plan.willing.values())), 15, wrap=True
    )
    which = Segments(
        _("Programme"), [Segment(one.programme.code, one.programme.title) for one in later], slides=True
    )
    none = Text(_("No programme in preparation has a group that follows up."), 14, "warn", wrap=True)
    session, code = place.office.session, loaded.programme.code

    def answer() -> None:
        from cati.services import follow_up

        chosen = next((one for one in later if one.programme.code == which.code), None)
        if chosen is None:
            asked.leave()
        else:
            asked.send(lambda: follow_up.take(session, chosen, code), lambda made: done(_listed_words(made)))

    lead = _(
        "The list is made inside the database; nobody sees a number. Do it before this programme is retired: "
        "then its contacts are destroyed."
    )
    parts = [found, Holder(row(which, None)) if later else none]
    button = _("Make the list") if later else _("Go back")
    asked = Question(place, _("Next year's list of those to ask again"), lead, parts, button, answer)
    return asked


def _listed_words(made: Sequence[FollowUp]) -> str:
    count = sum(one.report.accepted for one in made)
    words = ngettext("{count:,} person is on the new list.", "{count:,} people are on the new lists.", count)
    return words.format(count=count)
