"""The manual's pictures: a walk through the screens of the real window, once in each language."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from cati.base import i18n, paths
from cati.domain.phone import PhoneAccount, Transport
from cati.station import demo, phone
from tests.flow import season
from tests.flow.operating import Operator
from tests.flow.screenshots import SPOKEN, grab, let_settle, settle
from tests.flow.station import StationFolder, demo_session, script_of
from tests.rig.pulse import Pulse, speak
from tests.rig.waiting import wait_until
from tests.rig.window import Window

MANUAL = paths.resources() / "manual"
VOICE = "cmn"
ACCOUNT = PhoneAccount(
    "pbx.example:5061",
    "8012",
    "of-the-picture",
    Transport.TLS,
    encrypted=True,
    authority="/etc/cati/pbx.pem",
    outside="9",
    test_number="8000",
    pause_seconds=20,
)


def take(data: Path, pulse: Pulse) -> None:
    """Take all pictures in all languages and put them beside the chapters.

    Args:
        data: an empty folder.
        pulse: its fake microphone is spoken into.
    """
    season.make(data / "season", datetime.now(UTC))
    speak(SPOKEN, data / "spoken.wav", VOICE)
    for language in i18n.LANGUAGES:
        folder = MANUAL / language
        made = data / language
        shutil.copytree(data / "season", made)
        for old in folder.glob("*.png"):
            old.unlink()
        walk = Walk(folder, made, pulse, language)
        walk.first_start(data / f"{language}.empty")
        walk.open(sign_in=True)
        try:
            walk.calling()
            walk.office()
        finally:
            walk.window.kill()
        season.close(made)
        walk.open()
        try:
            walk.after_fieldwork()
        finally:
            walk.window.kill()


class Walk:
    """One way through the window in one language.

    Args:
        folder: for the pictures.
        data: the station's folder.
        pulse: see `take`.
        language: of the window.
    """

    window: Window

    def __init__(self, folder: Path, data: Path, pulse: Pulse, language: str) -> None:
        self.folder, self.data, self.pulse, self.language = folder, data, pulse, language
        self.station = StationFolder(data)

    def open(self, sign_in: bool = False) -> None:
        """Open the window and sign in; on the way a picture of the sign-in, if wanted."""
        self.window = Window(
            self.data, CATI_LANGUAGE=self.language, CATI_STATION="12", CATI_THEME="light", CATI_SCALE="100"
        )
        subprocess.run(["xdotool", "mousemove", "1365", "767"], check=True, timeout=30)
        let_settle(3)
        before = self.station.count("audit", "action = 'sign_in'")
        self.window.write(demo.LOGIN)
        self.window.press("Tab")
        self.window.write(demo.PASSWORD)
        let_settle()
        if sign_in:
            self.grab("sign-in")
        self.window.press("Return")
        wait_until(lambda: self.station.count("audit", "action = 'sign_in'") > before, "the session", 30)
        let_settle(3)

    def grab(self, name: str, *keys: str, seconds: float = 1.5) -> None:
        """Press keys and save what stands there then."""
        for key in keys:
            self.window.press(key)
            let_settle(0.7)
        let_settle(seconds)
        grab(self.folder / f"{name}.png")

    def first_start(self, empty: Path) -> None:
        """The guide on a computer without data, as it begins."""
        self.window = Window(empty, LC_ALL=f"{self.language}.UTF-8", CATI_THEME="light", CATI_SCALE="100")
        try:
            let_settle(3)
            self.grab("guide")
        finally:
            self.window.kill()

    # ---- calling ---------------------------------------------------------------------------------

    def calling(self) -> None:
        """Everything an operator sees, with one interview that is recorded."""
        with self.station.opened() as opened:
            operator = Operator(self.window, self.station, script_of(demo_session(opened)))
        i18n.set_language(self.language)
        self._sound_test()
        self._interview(operator)
        self.grab("ready")
        self.grab("card", "F2")
        self.window.press("Escape")
        operator.dial()
        self.grab("dialling")
        operator.connect()
        for digit in "1111122":
            operator.answer(digit)
        with self.pulse.start_playing(self.data.parent / "spoken.wav"):
            self.grab("question", seconds=2)
        self.grab("call-help", "F1")
        self.window.press("F1", "F1", "F10")
        wait_until(lambda: self.station.count("recordings", "size is null") == 0, "the end of the recording")
        self.grab("outcome")
        self.grab("picker", "6", "Right", "Right")
        settle(operator)
        self.grab("agenda", "F4")
        self.window.press("Escape")
        self.grab("break", "F5")
        self.window.press("Return")
        wait_until(lambda: self.station.held_case() is not None, "the next case")
        let_settle()
        self.grab("microphone", "ctrl+m", seconds=4)
        self.window.press("Escape")
        let_settle()
        self.window.press("ctrl+p")
        let_settle(8)
        self.grab("practice", *["Return"] * 2, *["1"] * 5, seconds=3)
        self.window.press("F10")
        let_settle(2)
        self.window.press("B", "Return")
        let_settle(3)
        self.window.press("ctrl+p")
        let_settle(4)

    def _sound_test(self) -> None:
        """What begins a shift; here it is skipped, as the made-up loudspeaker is heard by nobody."""
        with self.pulse.start_playing(self.data.parent / "spoken.wav"):
            self.grab("sound", "Return", seconds=2)
        self.window.press("Return")
        let_settle(5)
        self.window.press("Escape")
        let_settle()
        self.window.write("pictures")
        self.window.press("Return")
        wait_until(lambda: self.station.held_case() is not None, "the first case", 30)
        let_settle()

    def _interview(self, operator: Operator) -> None:
        """Spoken all the way, so that there is something to be heard in the review."""
        operator.dial()
        operator.connect()
        with self.pulse.start_playing(self.data.parent / "spoken.wav"):
            while operator.shown is not None:
                name = operator.shown
                kind = operator.script.question(name).type
                if kind.startswith("select"):
                    operator.answer("2" if operator.script.question(name).weight and len(name) % 2 else "1")
                else:
                    operator.answer("Return", value="read" if kind == "note" else "")
                let_settle(0.6)
        self.window.press("F10")
        wait_until(lambda: self.station.count("recordings", "size is null") == 0, "the end of the recording")
        let_settle()
        settle(operator)

    # ---- the office ------------------------------------------------------------------------------

    def office(self) -> None:
        """Every place, while fieldwork goes on."""
        self.grab("overview", "ctrl+t", "ctrl+1", seconds=4)
        self.grab("programme", "ctrl+2", seconds=3)
        self.grab("preview", "p", "1", "1", "1", seconds=3)
        self.window.press("Escape")
        self.grab("lists", "ctrl+3", seconds=3)
        self.grab("problems", *["Down"] * 5, "Return", seconds=3)
        self.window.press("Escape")
        self.grab("draw", "ctrl+4", seconds=3)
        self.grab("quotas", "ctrl+5", "Down", "Right", seconds=3)
        self.grab("board", "ctrl+6", seconds=4)
        self.grab("cases", "F7", seconds=3)
        self.grab("attendance", "F7", "F7", "F7", seconds=3)
        self.grab("review-list", "ctrl+7", "F2", "ctrl+e", seconds=3)
        self.window.press("Escape")
        self._review()
        self.grab("exports", "ctrl+9", seconds=3)
        self.system()

    def system(self) -> None:
        """Its tabs, with a telephone that is set for the picture only: no window begins to call by it."""
        self.grab("users", "ctrl+0", seconds=3)
        self.grab("care", "F7", seconds=12)
        with self.station.opened() as opened:
            ring = demo_session(opened).keys
        phone.keep_account(self.data, ACCOUNT, demo.LOGIN, ring)
        self.grab("telephone", "F7", seconds=3)
        phone.forget_account(self.data)
        self.grab("audit", "F7", seconds=4)

    def _review(self) -> None:
        """The interview that was recorded, a while into it."""
        self.window.press("F2")
        let_settle(2)
        self.window.press("F4")
        self.window.write(demo.LOGIN)
        self.window.press("Return")
        let_settle(2)
        self.window.press("Escape")
        let_settle(3)
        self.grab("review", "ctrl+e", "Right", "Right", "Down", "Down", seconds=3)

    def after_fieldwork(self) -> None:
        """What may be seen only then."""
        self.grab("scores", "ctrl+t", "ctrl+8", seconds=8)
