"""Aircraft traces to legs and calls at airfields."""
