"""What the scripts `run` and `scaling` are made of."""
