"""Ships end to end along made-up quays, with known truth: it shares no code and no constant with the package."""
