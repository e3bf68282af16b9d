"""Daily returns: templates, reading, what is held for a person, the register of versions, and the day's brief."""
