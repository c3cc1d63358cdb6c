"""Ships without a name: how likely some go to and fro between two ports, and where they were."""
