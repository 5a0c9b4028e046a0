"""What the room of the catalogue puts on record."""

from shopfloor.catalogue import boms, copies, instruction_reads, instructions, routings, variants
from shopfloor.catalogue import changes as catalogue_changes
from shopfloor.catalogue import commands as catalogue
from shopfloor.catalogue import partners as catalogue_partners

EVENT_KINDS = [
    catalogue.ITEM_ADDED,
    boms.BOM_ADDED,
    routings.ROUTING_ADDED,
    copies.ITEM_COPIED,
    variants.FEATURES_SET,
    variants.VARIANTS_ADDED,
    catalogue.REASON_ADDED,
    catalogue.RATE_SET,
    catalogue_partners.PARTNER_ADDED,
    catalogue_changes.ITEM_CHANGED,
    catalogue_changes.REASON_CHANGED,
    catalogue_changes.PARTNER_CHANGED,
    catalogue_changes.RENAMED,
    catalogue_changes.ARCHIVED,
    catalogue_changes.RESTORED,
    instructions.BEGUN,
    instructions.SAVED,
    instructions.PUBLISHED,
    instruction_reads.CONFIRMED,
]
