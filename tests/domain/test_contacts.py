"""A contact, its sealed form and its masked number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.domain.contacts import Contact, Phone, masked

phones = st.builds(
    Phone,
    st.from_regex(r"\+86[0-9]{10,11}", fullmatch=True),
    st.sampled_from(["mobile", "landline"]),
    st.booleans(),
    st.from_regex(r"[0-9]{0,4}", fullmatch=True),
)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
contacts = st.builds(Contact, words, st.lists(phones, min_size=1, max_size=3).map(tuple), words)


@given(contacts)
def test_a_contact_comes_back_as_it_went(contact: Contact) -> None:
    assert Contact.decode(contact.encode()) == contact
    assert (contact.number, *contact.alternates) == contact.phones


@given(contacts)
def test_printing_a_contact_shows_no_number_and_no_name(contact: Contact) -> None:
    assert repr(contact) == "Contact(…)"
    assert repr(contact.number) == "Phone(…)"


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        ("+8613800001234", "138****1234"),
        ("+868985550678", "898***0678"),
        ("+8612345", "*****"),
    ],
)
def test_a_masked_number_keeps_three_and_four_digits(e164: str, shown: str) -> None:
    assert masked(e164) == shown
