"""What is true before any satellite: values, schemas, time, ground."""
