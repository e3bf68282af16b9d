"""The plan as data: its format, its lexicon, its loading, and the check that finds what is wrong with it."""
