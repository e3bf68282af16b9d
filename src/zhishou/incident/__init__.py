"""Incidents from the first call to the review: commands, events, state, authority, deadlines. Pure."""
