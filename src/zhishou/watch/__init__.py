"""The duty room: who holds which post, who is on watch, what was written down, and what quiet times owe."""
