"""What inspectors judge and what a second person decides."""
