"""The gate: what is held may be judged, never used or moved."""
