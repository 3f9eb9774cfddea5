"""The lines to the outside: an SMPP 3.4 message centre and an SMTP server."""
