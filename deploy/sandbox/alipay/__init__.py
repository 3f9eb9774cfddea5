"""The Alipay open platform: signed gateway, cashier and notifications."""
