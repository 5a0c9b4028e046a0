"""All pages of the items: each file adds its own to the one blueprint."""

from shopfloor.catalogue import explosion_pages, revision_pages, routes, variant_pages

bp = routes.bp
PARTS = (explosion_pages, revision_pages, variant_pages)
