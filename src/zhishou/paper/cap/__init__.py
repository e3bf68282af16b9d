"""Public warnings in the Common Alerting Protocol: those that leave the duty room and those that come in.

The room is pure: it takes and gives bytes and values, knows no web and no database, and is told what time it is. What
it knows of the world (schemas, outlines, codes) lies beside it in `data/`.
"""
