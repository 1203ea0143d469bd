"""From a key to a paper: where to, written beside the window's thread, opened to be looked at and printed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.attendance import LOCAL
from cati.gui.office.files import choose_target
from cati.gui.office.office import Office
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.printing.paper import Paper, Part
from cati.gui.tasks import Job

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cati.gui.printing.pdf import Written
    from cati.services.prints import Print

KIND = "PDF (*.pdf)"


def headed(office: Office, title: str, parts: Sequence[Part]) -> Paper:
    """A paper of the bureau in hand: its name and programme above, time and maker below."""
    loaded, session = office.programme, office.session
    now = session.clock.now().astimezone(LOCAL)
    made = _("Made {time} by {name}").format(time=f"{now:%Y-%m-%d %H:%M}", name=office.actor.name)
    bureau = loaded.programme.settings.bureau if loaded is not None else ""
    return Paper(title, bureau, loaded.programme.title if loaded is not None else "", made, parts)


def offer(place: Place, what: Print, subject: str, proposed: str, make: Callable[[], Paper]) -> None:
    """Ask where a paper is to be written, write it, and offer to open it.

    Args:
        place: where it is printed from.
        what: which paper; with `subject` it is noted in the audit log.
        subject: of what.
        proposed: name of the file without its ending.
        make: makes the paper, outside the window's thread.
    """
    office = place.office

    def write(target: Path) -> None:
        def work(_job: Job) -> Written:
            from cati.gui.printing.pdf import write_pdf
            from cati.services import prints

            written = write_pdf(make(), target)
            prints.note(
                office.session, what, subject, file=target.name, pages=written.pages, sha256=written.sha256
            )
            return written

        office.start(place, work, lambda written: _offer_to_open(place, written))

    choose_target(place, _("Print to a PDF file"), [KIND], f"{proposed}.pdf", write)


def _offer_to_open(place: Place, written: Written) -> None:
    if not place.isVisible():
        place.office.tell(_("{file} was written.").format(file=written.file.name))
        return
    words = ngettext("{count} page A4 in {file}.", "{count} pages A4 in {file}.", written.pages)
    lead = _("The system's viewer shows and prints it.")

    def open_it() -> None:
        question.leave()
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(written.file))):
            told = _("No program opened {file}. Open it from its folder.")
            place.office.say(told.format(file=written.file))

    question = Question(
        place,
        _("The paper is written"),
        f"{words.format(count=written.pages, file=written.file)} {lead}",
        [],
        _("Open the paper"),
        open_it,
    )
