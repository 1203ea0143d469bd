"""What a telephone in the recorder's process is to the recorder: a second source of sound, and its clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cati.audio.codec import Samples


@dataclass(frozen=True, slots=True)
class Seized:
    """A call has begun: the microphone is needed."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody has answered: from here on everything is to be recorded."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What was said and heard on the line in the same moment.

    Attributes:
        samples: frames × 2, operator and respondent.
    """

    samples: Samples


@dataclass(frozen=True, slots=True)
class Released:
    """The call is over."""


LineReport = Seized | Joined | Passed | Released


class Line(Protocol):
    """A telephone line."""

    def begin(self, deliver: Callable[[LineReport], None]) -> None:
        """Start it.

        Args:
            deliver: takes reports in the order they happen; on threads of the line, returns at once.
        """
        ...

    def obey(self, command: Mapping[str, Any]) -> None:
        """Take a command that is no recorder's; does not wait."""
        ...

    def speak(self, samples: Samples) -> None:
        """What the microphone heard goes to the line, frames × 1; does not wait."""
        ...

    def end(self) -> None:
        """Hang up and let the line go."""
        ...
