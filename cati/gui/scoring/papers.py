"""The whole set of papers on the results, written into a folder from the scores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cati.base.errors import CatiError
from cati.base.i18n import translate as _
from cati.base.i18n import translate_plural as ngettext
from cati.domain.programmes import LoadedProgramme
from cati.gui.form import labelled
from cati.gui.office.files import choose_folder
from cati.gui.office.place import Place
from cati.gui.office.question import Question
from cati.gui.tasks import Job
from cati.gui.widgets.button import Button
from cati.gui.widgets.fields import LineField
from cati.gui.widgets.layouts import Holder, column, row

if TYPE_CHECKING:
    from cati.services.exports import Released


class PapersSheet:
    """Asks where to, writes, and may be stopped by going back.

    Args:
        place: the scores.
        loaded: a programme whose scores are approved.
    """

    def __init__(self, place: Place, loaded: LoadedProgramme) -> None:
        self._place, self._loaded = place, loaded
        self._job: Job | None = None
        self.folder = LineField(_("New folder"))
        self.folder.setText(str(Path.home() / f"{loaded.programme.code}-{_('results')}"))
        self.recipient = LineField(_("For whom, such as a body or a person"))
        browse = Button(_("Choose a folder"))
        browse.clicked.connect(self._browse)
        where = Holder(row((labelled(self.folder), 1), column(None, browse), gap=8))
        lead = _(
            "Report and scores of the programme, and a copy of both for every unit. A copy tells the unit's "
            "own scores, and of the others nothing but the mean."
        )
        parts = [where, labelled(self.recipient, _("may stay empty"))]
        self.question = Question(
            place, _("Report and copies"), lead, parts, _("Write"), self._write, width=720
        )
        self.question.left.connect(self._stop)

    def _browse(self) -> None:
        name = Path(self.folder.text().strip() or _("results")).name
        choose_folder(
            self._place,
            _("Choose a folder"),
            str(Path.home()),
            lambda path: self.folder.setText(str(path / name)),
        )

    def _write(self) -> None:
        if not self.question.form.filled_in(self.folder):
            return
        folder, recipient = Path(self.folder.text().strip()).expanduser(), self.recipient.text()
        session, loaded = self._place.office.session, self._loaded

        def work(job: Job) -> Released:
            from cati.services import results

            return results.write_results(
                session,
                loaded,
                folder,
                recipient=recipient,
                progress=lambda done, total: job.step(done / total),
            )

        self.question.wait(_("being written"))
        self._job = self._place.office.start(self._place, work, self._done, self._failed, self._tell)

    def _tell(self, share: float, _words: str) -> None:
        if self._job is not None:
            self.question.wait(f"{round(100 * share)} %")

    def _done(self, made: Released) -> None:
        self._job = None
        words = ngettext(
            "{folder}: {count} file written.", "{folder}: {count} files written.", made.rows
        ).format(folder=made.file, count=made.rows)
        self.question.leave()
        self._place.office.tell(words)

    def _failed(self, error: CatiError) -> None:
        if self._job is not None:
            self._job = None
            self.question.refuse(error)
        else:
            self._place.office.say_error(error)

    def _stop(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
