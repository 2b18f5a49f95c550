"""Travis's conditions: text -> tree, and tree -> text. What a tree means for a build, its runner says."""
