"""The office: everything that is not calling. A frame with its places, and what they share."""
