"""What may stand where in the files GitHub reads."""
