"""`mlci report`: what a run came to, beside another, for people to look at and programs to read."""
