"""How each vendor's file looks as jobs: a module named for the vendor, with `build(file) -> View`."""
