"""Who is cut, in order: the plan's order between classes, even shares within them, feasible over the network."""
