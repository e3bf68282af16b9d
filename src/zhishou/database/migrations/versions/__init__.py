"""One file to a step, each named after what it makes; the next step names the one before it."""
