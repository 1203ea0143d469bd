"""What every layer may use: errors, clock, settings, paths, languages, logging."""
