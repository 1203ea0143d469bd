"""Asks a window of an X display to close, as the cross in its title bar does."""

from __future__ import annotations

import ctypes
import os

_CLIENT_MESSAGE = 33


class _Message(ctypes.Structure):
    """An XClientMessageEvent with five long words (Xlib, section 10.7)."""

    _fields_ = (
        ("kind", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("sent", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("name", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("words", ctypes.c_long * 5),
        ("padding", ctypes.c_long * 24),  # the server reads as much as its largest event needs
    )


def ask_to_close(window: int) -> None:
    """Send WM_DELETE_WINDOW (Inter-Client Communication Conventions Manual, section 4.2.8.1)."""
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XInternAtom.restype = ctypes.c_ulong
    display = ctypes.c_void_p(x11.XOpenDisplay(os.environ["DISPLAY"].encode()))
    if not display.value:
        raise RuntimeError("the display cannot be reached")
    names = [
        x11.XInternAtom(display, name, ctypes.c_int(False)) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")
    ]
    message = _Message(kind=_CLIENT_MESSAGE, window=window, name=names[0], format=32)
    message.words[0] = names[1]
    x11.XSendEvent(
        display, ctypes.c_ulong(window), ctypes.c_int(False), ctypes.c_long(0), ctypes.byref(message)
    )
    x11.XCloseDisplay(display)
