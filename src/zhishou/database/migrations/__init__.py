"""How the tables came to be, step by step; shipped with the software, run by `database.upgrade` and nothing else."""
