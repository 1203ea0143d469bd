"""Dialling by hand: the number is shown large, and the operator's own telephone makes the call."""

from __future__ import annotations

from collections.abc import Callable


class ManualDialler:
    """Shows the number to dial.

    Args:
        show: gets the digits when a call is to be made and None when it is over.
    """

    def __init__(self, show: Callable[[str | None], None]) -> None:
        self._show = show

    def dial(self, number: str) -> None:
        """Show the number."""
        self._show(number)

    def hang_up(self) -> None:
        """Take the number off the screen."""
        self._show(None)
