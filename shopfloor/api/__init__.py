"""The interface for programs under /api/v1: every room's calls, the event stream, OpenAPI."""
