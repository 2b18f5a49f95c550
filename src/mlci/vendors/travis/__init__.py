"""Travis CI: one .travis.yml, a build stage for each step of a workflow, conditions, workspaces."""
