"""Jenkins: a declarative Jenkinsfile a workflow."""
