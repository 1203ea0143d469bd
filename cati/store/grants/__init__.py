"""Who may do what to which table where everybody signs in to the server as themselves: the one list of it.

`cati.store.floor` carries it out on a database, and tests ask of each table, role and verb whether it holds.
A right that is not here does not exist. Everything beyond it that an operator does to cases, leases and
places goes through functions that look at who calls (migrations/versions/0015_floor.py).
"""

from __future__ import annotations

from cati.store.grants.bureau import BUREAU_GRANTS
from cati.store.grants.callers import CALLERS_GRANTS
from cati.store.grants.functions import FUNCTIONS
from cati.store.grants.office import OFFICE_GRANTS
from cati.store.grants.rules import INSERT, Grant

__all__ = ["FUNCTIONS", "GRANTS", "INSERT", "Grant"]

GRANTS: tuple[Grant, ...] = (*BUREAU_GRANTS, *CALLERS_GRANTS, *OFFICE_GRANTS)
