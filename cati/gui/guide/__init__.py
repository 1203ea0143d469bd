"""The guided set-up of a station that has no users yet."""
