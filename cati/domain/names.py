"""What parts of a programme are called, for people: nobody has to know a code, and each may be typed."""

from __future__ import annotations

from cati.base.i18n import language
from cati.base.i18n import translate as _
from cati.domain.programmes import Channel, ChannelGroup, Programme, in_language


def channel_words(programme: Programme, code: str) -> str:
    """What a channel is called where there is little room."""
    channel = next((c for c in programme.channels if c.code == code), None)
    if channel is None or channel.kind == "phone":
        return _("Phone")
    return channel_name(channel)


def channel_name(channel: Channel) -> str:
    """What a channel is called in the language in use."""
    return in_language(channel.labels, language(), channel.label)


def channel_choice(channel: Channel) -> str:
    """How a channel may be named in a command: its code, then what it is called."""
    return f"{channel.code} {channel_name(channel)}"


def channel_group_words(programme: Programme, channel: str, code: str) -> str:
    """What a kind of those who answer in a channel is called; empty where it tells none apart."""
    channels = (c for c in programme.channels if c.code == channel)
    found = next((g for c in channels for g in c.groups if g.code == code), None)
    return code if found is None else group_name(found)


def group_name(group: ChannelGroup) -> str:
    """What a kind of those who answer in a channel is called in the language in use."""
    return in_language(group.labels, language(), group.code)


def group_choices(channel: Channel) -> str:
    """How those who answer in a channel may be named in a command; a dash where it tells none apart."""
    return _("; ").join(f"{one.code} {group_name(one)}" for one in channel.groups) or "—"


def ground_words(programme: Programme, code: str) -> str:
    """What the ground of points is called; one the programme does not name is told by its code."""
    rule = next((rule for rule in programme.adjustments if rule.code == code), None)
    return code if rule is None else in_language(rule.labels, language(), rule.label)
