"""The outcome of a call: proposed, chosen, stored; chosen also while the respondent is still on the line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cati.base.i18n import translate as _
from cati.domain.call import Call, Phase
from cati.domain.interview import RECORDING_REFUSED
from cati.gui.actions import Keys
from cati.gui.console.asking import Asking
from cati.gui.console.desk import Desk
from cati.gui.console.disposition import APPOINTMENT, Choice, DispositionScreen


class WrapUp:
    """What is done between the last question and the next case.

    Args:
        desk: carries out what is chosen.
        keys: of the window.
        asking: ends the call.
        screen: on which the outcome is chosen.
        follow: shows the call as it stands.
        proposal: the outcome proposed for a call that nobody answered; "" for none.
    """

    def __init__(
        self,
        desk: Desk,
        keys: Keys,
        asking: Asking,
        screen: DispositionScreen,
        follow: Callable[[], None],
        proposal: Callable[[], str],
    ) -> None:
        self._proposal = proposal
        self._desk, self._keys, self._asking, self._screen = desk, keys, asking, screen
        self._follow = follow
        self._proposed = APPOINTMENT
        self.agreeing = False
        """Whether the outcome is being chosen while the respondent is still on the line."""
        self._unrecorded = False
        screen.store.connect(self._settle)
        screen.leaning.connect(self._lean)
        desk.broke.connect(lambda: screen.busy(False))

    def begin(self, call: Call) -> None:
        """Show the outcomes that are possible, and propose one."""
        outcome, settings = call.outcome, self._desk.place.programme.programme.settings
        # Cut off after the last answer, it is complete although nobody was connected on this station.
        known = outcome is not None and (call.connected_at or outcome.state == "complete")
        proposed = outcome.disposition if outcome is not None and known else ""
        if self.agreeing and proposed != "complete":
            proposed = self._proposed
        elif call.connected_at is None and not proposed:
            proposed = self._proposal()
        today = self._desk.today
        agreed = [one.at for one in today.appointments] if today else []
        self._screen.bind()
        spoken, at_work = (today.languages, today.colleagues) if today else ((), ())
        self._screen.show_call(call, settings, self._desk.now(), agreed, proposed, spoken, at_work)
        self._keys.set_off("reopen", self._why_over(call))
        if proposed == "complete":
            self._keys.set_off("redial", _("The interview is complete"))
        elif call.connected_at is None:
            self._keys.set_off("redial", _("nobody answered"))

    def _why_over(self, call: Call) -> str:
        """Why the call cannot go on; empty when it can."""
        if self.agreeing:
            return ""
        if self._desk.place.phone is not None:
            return _("the line is closed")
        return "" if call.can_reopen else _("the call was not ended here")

    def agree(self, proposed: str = APPOINTMENT) -> None:
        """Choose the outcome while the respondent is still on the line, such as a time to call again."""
        self._asking.put_aside()
        self._unrecorded = False
        self.agreeing, self._proposed = True, proposed
        self._keys.bind("hang_up", self._asking.end)
        self._follow()

    def _lean(self, disposition: str) -> None:
        """Recording ends when its refusal is chosen, not only when that is stored; another choice goes on."""
        declined = disposition == RECORDING_REFUSED
        talking = self.agreeing and self._desk.call.phase is Phase.CONNECTED
        if talking and declined is not self._unrecorded:
            self._unrecorded = declined
            self._desk.do(lambda runner: runner.decline_recording(declined))

    def pass_on(self) -> None:
        """A colleague goes on with the call, such as one who speaks the respondent's language."""
        self.agree("handed_over")

    def hung_up(self) -> None:
        """The respondent is on the line no more, or the questions go on."""
        self.agreeing = False
        self._keys.unbind("hang_up")
        self._screen.hung_up()

    def reopen(self) -> None:
        """Back from the outcomes: the call goes on, what was noted stays."""
        if self.agreeing:
            self._lean("")
            self.hung_up()
            self._follow()
            return
        words = self._screen.note.text().strip()

        def step(runner: Any) -> None:
            runner.reopen()
            runner.note(words)

        self._desk.do(step)

    def _settle(self, choice: Choice) -> None:
        self._screen.busy(True)

        def step(runner: Any) -> None:
            runner.note(choice.note)
            try:
                runner.settle(
                    choice.disposition,
                    not_before=choice.not_before,
                    mine=choice.mine,
                    language=choice.language,
                    colleague=choice.colleague,
                )
            finally:
                self._screen.busy(runner.call.phase is Phase.IDLE)

        self._desk.do(step, commits=True)
