"""The list on which representatives sign when they come: a page for each roster, and no phone number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cati.base.i18n import translate as _
from cati.gui.office.place import Place
from cati.gui.printing.offer import headed, offer
from cati.gui.printing.paper import Grid, Head, Paper, Part

if TYPE_CHECKING:
    from cati.services.guests import Guest

LINE = 110
"""Room for a signature, tenths of a millimetre."""


def sign_in_parts(guests: Sequence[Guest]) -> list[Part]:
    """A part for each roster with those who are invited, in the order of their tickets."""
    heads = [
        Head(_("ticket"), 12, figure=True),
        Head(_("name"), 22),
        Head(_("organisation"), 60),
        Head(_("post"), 40),
        Head(_("signature"), 40),
    ]
    found = []
    for label in dict.fromkeys(guest.label for guest in guests):
        rows = [
            (str(guest.ticket), guest.person.name, guest.person.organisation, guest.person.post, "")
            for guest in guests
            if guest.label == label and guest.comes
        ]
        found.append(Part(_("List to sign"), [Grid(heads, rows, least=LINE)], label))
    return found


def print_sign_in(place: Place) -> None:
    """Print the list that the representatives of the programme in hand sign."""
    from cati.services import guests
    from cati.services.prints import Print

    loaded, session, office = place.office.programme, place.office.session, place.office
    assert loaded is not None
    code = loaded.programme.code

    def make() -> Paper:
        return headed(office, _("List to sign"), sign_in_parts(guests.drawn(session, loaded)))

    offer(place, Print.SIGN_IN, f"programme {code}", f"{code}-sign-in", make)
