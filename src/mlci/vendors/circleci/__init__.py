"""CircleCI: one .circleci/config.yml for all workflows, and a second file when paths decide."""
