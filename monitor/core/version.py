"""The version of this code, in one place."""

VERSION = "0.2.0"
