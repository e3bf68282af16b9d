"""`python -m zhishou` is the command line."""

from zhishou.cli import main

main()
