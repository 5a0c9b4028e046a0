"""Piece pay: what a report pays, line by line."""
