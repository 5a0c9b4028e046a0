"""Forms and fields that a factory defines for itself, as data."""
