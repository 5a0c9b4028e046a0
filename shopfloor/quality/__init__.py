"""Inspections, their verdicts, and the decision that ends a hold."""
