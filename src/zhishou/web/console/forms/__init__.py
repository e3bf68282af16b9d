"""Forms made from commands: what is asked, in plain words, and what was filled in, as the command that the API takes too."""
