"""The draw: a ceremony on one screen that is meant to be projected."""
