"""Delimited text, JSON and Parquet to columns of text, by one table of layouts."""
