"""States of a case in the queue, and the rules of when it may be dialled."""

from __future__ import annotations

from enum import IntEnum


class CaseState(IntEnum):
    """Where a case stands. The numbers are stored and used in partial indexes: never renumber."""

    FRESH = 0
    """Released, never dialled."""
    HELD = 1
    """On an operator's station under a lease."""
    CALLBACK = 2
    """To be dialled again at or after a time; holds no place in the quota."""
    APPOINTMENT = 3
    """Agreed with the respondent; a firm one holds its place in the quota."""
    COMPLETE = 4
    CLOSED = 5
    """Ended without an interview, or its person was taken by another case."""
    PARKED = 6
    """Waits because its cell is full; comes back when a place falls free."""
    RESERVE = 7
    """Drawn, not yet released."""
