"""A call of mlci as data: what a command takes, and the words of a call, from a line or from variables."""
