"""Watch ports that go dark: satellite passes, berths, container stacks and AIS, with evidence and error bars."""

__version__ = "0.1.0"
