"""What runs in place of actions from elsewhere: `python -m mlci.parity.github.standins.NAME PLACES`."""
