"""The version of this code, in one place."""

VERSION = "0.1.0"
