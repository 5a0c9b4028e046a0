"""Measures our pages against a bare handler that sends the same statements and bytes."""
