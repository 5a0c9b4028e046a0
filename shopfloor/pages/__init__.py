"""Pages that look across all rooms: my work, my actions, more."""
