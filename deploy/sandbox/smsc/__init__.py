"""An SMPP 3.4 message centre with phones one can read over HTTP."""
