"""What a step of a call asks for, carried out: dialling, recording, and what the database has to know."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from cati.base.errors import CatiError
from cati.base.i18n import mark as N_
from cati.domain.call_effects import (
    AppendAnswer,
    BeginAttempt,
    CloseCase,
    Dial,
    Effect,
    EndAttempt,
    HandOver,
    HangUp,
    KeepTyped,
    MarkRecording,
    OpenInterview,
    StartRecording,
    StopRecording,
)
from cati.domain.ports import LEAST_FREE_BYTES, AnswerEvent, Dialler, Recorder
from cati.domain.programmes import LoadedProgramme
from cati.domain.respondents import dial_digits
from cati.domain.writes import Begun, Closing, Opened, RecordingBegun
from cati.services import calls, queue
from cati.services.context import Context
from cati.station.backlog import Backlog
from cati.station.writing import Writing


class Effects:
    """Carries out the effects of one station's calls, one after the other.

    Args:
        ctx: the operator's session.
        writing: makes durable what an outcome or an attempt is.
        backlog: takes interview, answers and notes of recordings.
        recorder: None where nothing can be heard.
        recording_public: the programme's public recording key.
        folder: where recordings go.
        settled: hears that a case was settled; True when it was too late for its lease.
        device: recording device by name, None for the default; another may be chosen.
        simulated: attempts are marked as made up.
        free: bytes left for recordings; None where nothing is recorded.
    """

    def __init__(
        self,
        ctx: Context,
        programme: LoadedProgramme,
        *,
        writing: Writing,
        dialler: Dialler,
        backlog: Backlog,
        recorder: Recorder | None,
        recording_public: bytes,
        folder: Path,
        settled: Callable[[bool], None],
        device: str | None,
        simulated: bool,
        free: Callable[[], int] | None,
    ) -> None:
        self.device = device
        self._ctx, self._programme = ctx, programme
        self._writing = writing
        self._dialler, self._backlog, self._recorder = dialler, backlog, recorder
        self._public, self._folder = recording_public, folder
        self._settled = settled
        self._simulated, self._free = simulated, free

    def carry_out(self, effect: Effect, offset_ms: int | None) -> None:
        """Carry out one effect; raises whatever went wrong.

        Args:
            effect: of a step.
            offset_ms: place in the recording at which the step was made; None without one.
        """
        match effect:
            case BeginAttempt():
                self._begin_attempt(effect)
            case Dial():
                self._dialler.dial(dial_digits(effect.phone, self._programme.programme.settings))
            case HangUp():
                self._dialler.hang_up()
            case OpenInterview():
                self._open(effect)
            case StartRecording():
                self._start_recording(effect)
            case MarkRecording():
                if self._recorder is not None:
                    self._recorder.mark(effect.kind, item=effect.item)
            case StopRecording():
                self._stop_recording(effect.reason)
            case AppendAnswer():
                self._append(effect, offset_ms)
            case KeepTyped():
                self._backlog.save()
                self._writing.note(effect)
            case EndAttempt():
                self._backlog.save_before_outcome()
                self._writing.note(effect)
            case CloseCase():
                self._close(effect)
            case HandOver():
                self._writing.catch_up()
                queue.hand_over(self._ctx, effect.case_id, effect.epoch)

    def _begin_attempt(self, effect: BeginAttempt) -> None:
        self._refuse_without_room()
        if not effect.incoming:
            self._refuse_now(effect)
        begun = Begun(
            attempt_id=effect.attempt_id,
            case_id=effect.case_id,
            epoch=effect.epoch,
            alternate=effect.alternate,
            at=effect.at,
            simulated=self._simulated,
            incoming=effect.incoming,
        )
        self._writing.begin(begun, goes_on=effect.goes_on)

    def _refuse_now(self, effect: BeginAttempt) -> None:
        """Ask the station's own clock first: a line that dropped is dialled again without the server, too."""
        now = self._ctx.clock.now()
        calls.refuse_out_of_season(self._programme, now, begun=effect.goes_on)
        calls.refuse_outside_hours(self._programme, effect.group, now, cut_off=effect.cut_off)

    def _open(self, effect: OpenInterview) -> None:
        language = self._programme.programme.default_language
        self._backlog.open(Opened(effect.interview_id, effect.case_id, effect.cell_id, language, effect.at))

    def _refuse_without_room(self) -> None:
        if self._free is not None and self._free() < LEAST_FREE_BYTES:
            raise CatiError(
                "no_room_to_record",
                N_(
                    "Less than {least} GB is free for recordings in {folder}. Nobody was "
                    "dialled. Free space on that disk, then dial again."
                ),
                least=LEAST_FREE_BYTES // 10**9,
                folder=str(self._folder),
            )

    def _start_recording(self, effect: StartRecording) -> None:
        if self._recorder is None:
            return
        file = Path(self._programme.programme.code) / f"{effect.at:%Y-%m-%d}" / f"{effect.recording_id}.crec"
        path = self._folder / file
        try:
            registered = RecordingBegun(effect.recording_id, effect.attempt_id, file.as_posix(), effect.at)
            self._backlog.note(lambda: self._writing.note(registered))
        finally:
            # Where no folder can be made the recorder cannot write either, and tells.
            with suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
            self._recorder.start(
                path=path,
                recording_id=effect.recording_id,
                attempt_id=effect.attempt_id,
                public_key=self._public,
                started_at=effect.at,
                device=self.device,
            )

    def _stop_recording(self, reason: str) -> None:
        summary = self._recorder.stop() if self._recorder is not None else None
        if summary is None:
            return
        became = summary
        if reason and not (summary.problem or summary.silent):
            became = replace(summary, problem=reason)
        self._backlog.note(lambda: self._writing.note(became))

    def _append(self, effect: AppendAnswer, offset_ms: int | None) -> None:
        event = AnswerEvent(
            id=effect.event_id,
            interview_id=effect.interview_id,
            seq=effect.seq,
            epoch=effect.epoch,
            item=effect.item,
            value=effect.value,
            at=effect.at,
            attempt_id=effect.attempt_id,
            offset_ms=offset_ms,
        )
        self._backlog.append(event)

    def _close(self, effect: CloseCase) -> None:
        self._backlog.save_before_outcome()
        attempt = effect.attempt
        closing = Closing(
            attempt_id=attempt.attempt_id,
            case_id=effect.case_id,
            group=effect.group,
            epoch=effect.epoch,
            disposition=attempt.disposition,
            ended_at=attempt.at,
            connected_at=attempt.connected_at,
            note=attempt.note,
            prompted=attempt.prompted,
            interview_id=effect.interview_id,
            outcome=effect.outcome,
            answers=effect.answers,
            off_path=effect.off_path,
            not_before=effect.not_before,
            mine=effect.mine,
            firm=effect.firm,
            language=effect.language,
            colleague=effect.colleague,
        )
        self._settled(self._writing.close(closing, effect.contact))
