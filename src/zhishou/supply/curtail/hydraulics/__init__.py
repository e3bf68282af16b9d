"""Whether the pressures allow a plan of cuts: a steady hydraulic check of chosen steps, optional."""
