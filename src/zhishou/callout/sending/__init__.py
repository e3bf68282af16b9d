"""How what lies in the outbox leaves the house: claimed, looked at once more, handed over, and noted."""
