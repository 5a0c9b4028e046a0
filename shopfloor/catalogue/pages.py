"""All pages of the items: each file adds its own to the one blueprint."""

from shopfloor.catalogue import revision_pages, routes

bp = routes.bp
PARTS = (revision_pages,)
