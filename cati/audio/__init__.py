"""Sound: capture, recording container, codec, levels."""
