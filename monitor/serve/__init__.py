"""The brief's figures as a local web page."""
