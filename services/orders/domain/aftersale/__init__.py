"""Cases after the sale: their states, their units, and what is offered to whom."""
