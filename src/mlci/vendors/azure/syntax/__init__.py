"""The language of Azure Pipelines's files: text to tree to meaning."""
