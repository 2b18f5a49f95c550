"""The commands of the command line: one module and one function each; they call, print, return a status."""
