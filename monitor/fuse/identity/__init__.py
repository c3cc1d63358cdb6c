"""Who a ship may have been."""
