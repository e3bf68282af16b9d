"""Who is called about what, by which way, until somebody answers or the next one is called."""
