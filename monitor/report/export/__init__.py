"""Tables and evidence for other programs."""
