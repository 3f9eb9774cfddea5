"""UnionPay's online gateway, version 5.1.0: signed forms both ways, cashier and notifications."""
