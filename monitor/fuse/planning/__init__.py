"""What a revisit would let one say of a port, before any of it is paid for."""
