"""The CI products mlci knows, one package each: all that is known of one."""
