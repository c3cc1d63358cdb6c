"""What may be stated, in fixed wording."""
