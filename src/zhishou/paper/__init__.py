"""What leaves the duty room, made from what is on record: official papers and public warnings."""
