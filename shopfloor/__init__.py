"""Shopfloor: scan a lot, report the work, and keep what failed locked until it is decided."""

__version__ = "0.1.0"
