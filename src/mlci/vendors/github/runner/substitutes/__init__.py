"""What runs in place of actions from elsewhere, one module each: `python -m MODULE PLACES`."""
