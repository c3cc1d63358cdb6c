"""Tables scored against the truth of a season."""
