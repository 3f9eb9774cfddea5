"""What a cash desk is to any payment provider: trades, refunds, cashier, notifications. The protocols are elsewhere."""
