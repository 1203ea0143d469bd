"""A sound booth without sound."""

from __future__ import annotations

from dataclasses import dataclass, field

from cati.base.errors import CatiError
from cati.domain.sound import Heard


@dataclass
class QuietBooth:
    """Hears what it is told to; its beeps are three."""

    heard: Heard = Heard.WELL
    device: str | None = None
    names: tuple[str, ...] = ("Headset", "Webcam")
    asked: list[str] = field(default_factory=list)
    fault: CatiError | None = None

    def microphones(self) -> tuple[str, ...]:
        return self.names

    def listen(self, device: str | None) -> None:
        self.device = device

    def record(self) -> None:
        self.asked.append("record")

    def stop(self) -> Heard:
        self.asked.append("stop")
        return self.heard

    def play_back(self) -> None:
        self.asked.append("play")

    def beep(self) -> int:
        self.asked.append("beep")
        return 3

    def hush(self) -> None:
        pass

    def close(self) -> None:
        self.asked.append("close")
