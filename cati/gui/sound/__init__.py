"""The sound test: speaking a sentence, hearing it again, counting beeps."""
