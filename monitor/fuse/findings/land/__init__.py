"""What may be stated of rail yards, storage and the ground, and of chains between places."""
