"""Official papers: what they say, made from state; how they look, in the layout of GB/T 9704; and their bytes, kept for good."""
