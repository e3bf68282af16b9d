"""Call-out: who is told, by which channel, until somebody answers; what is pure here knows no database, web or clock."""
