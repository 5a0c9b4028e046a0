"""Alerts: who must know of what has happened, and who has said that he does."""
