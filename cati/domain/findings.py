"""What an examination of a station finds: each thing with its state, in a sentence, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from cati.base.i18n import translate

Fact: TypeAlias = str | int | float


class Health(StrEnum):
    """How something stands."""

    WELL = "well"
    LOOK = "look"
    """A person should see to it; work goes on."""
    FAULT = "fault"
    """Work cannot go on, or what is kept is in danger."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        check: what: ``microphone``, ``loudspeaker``, ``fonts``, ``database``, ``audit``, ``clock``,
            ``space``, ``files``, ``backup``, ``archive``.
        code: stable snake_case name of what was found.
        message: English sentence with ``{name}`` fields, the msgid of its translation.
        cure: what to do, in the same way; empty where nothing is to be done.
        facts: values of the fields.
    """

    check: str
    health: Health
    code: str
    message: str
    cure: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What was found, in the language in use."""
        return translate(self.message).format(**self.facts)

    @property
    def advice(self) -> str:
        """What to do, in the language in use; empty where nothing is to be done."""
        return translate(self.cure).format(**self.facts) if self.cure else ""

    @property
    def figures(self) -> dict[str, float]:
        """The facts that are figures: no name and no path is among them."""
        return {name: value for name, value in self.facts.items() if not isinstance(value, str)}


def needs_a_person(findings: tuple[Finding, ...]) -> bool:
    """Whether somebody has to see to anything."""
    return any(finding.health is not Health.WELL for finding in findings)
