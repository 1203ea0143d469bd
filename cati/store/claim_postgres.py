"""The next case on PostgreSQL: one call of the function that a migration creates.

Who claims is decided in migrations/versions/0048_claims.py, whose function calls the one of
migrations/versions/0010_routing.py: that one holds the order, earlier migrations what held before.
"""

from __future__ import annotations

from enum import Enum

from sqlalchemy import ARRAY, BigInteger, Interval, Text, bindparam, text
from sqlalchemy.exc import DBAPIError

from cati.domain.queue import ClaimRequest, Pick, Reason
from cati.store.engine import Connection
from cati.store.types import Moment

_CLAIM = text(
    "select o_case, o_reason from claim_case("
    ":programme, :me, :station, :groups, :now, :lease, :factor, :languages, :full)"
).bindparams(
    bindparam("groups", type_=ARRAY(BigInteger)),
    bindparam("languages", type_=ARRAY(Text)),
    bindparam("full", type_=ARRAY(BigInteger)),
    bindparam("now", type_=Moment()),
    bindparam("lease", type_=Interval()),
    bindparam("programme", type_=BigInteger()),
    bindparam("me", type_=BigInteger()),
)
_AGAIN = -1
_FULL_SHARE = "CA001"


class Lost(Enum):
    """Another station was faster: commit, then ask again in a new transaction."""

    RACE = 1


class FullShare(Exception):
    """The next case is of a unit that is full for the operator: roll back, then ask with all such units."""


def claim(connection: Connection, request: ClaimRequest) -> Pick | Lost | None:
    """Hold the next case for an operator; None when there is nothing for that operator now.

    Raises:
        FullShare: only to a session of a person's own, whose shares the server counts.
    """
    asked = {
        "programme": request.programme_id,
        "me": request.user_id,
        "station": request.station,
        "groups": list(request.groups),
        "now": request.now,
        "lease": request.lease,
        "factor": request.factor,
        "languages": list(request.languages),
        "full": list(request.full_units),
    }
    try:
        found = connection.execute(_CLAIM, asked).one()
    except DBAPIError as refused:
        if getattr(refused.orig, "sqlstate", None) == _FULL_SHARE:
            raise FullShare from None
        raise
    if found.o_case is None:
        return None
    if found.o_case == _AGAIN:
        return Lost.RACE
    return Pick(found.o_case, Reason(found.o_reason))
