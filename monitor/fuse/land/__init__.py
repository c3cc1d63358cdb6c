"""What all observations of a place's land say together: what is in use, and what changed and stays."""
