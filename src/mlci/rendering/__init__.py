"""Jobs to files: templates filled, and written so that hand edits survive."""
