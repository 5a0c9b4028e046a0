"""Under which text a foreign barcode is linked, so that the next label of its kind finds it too."""

from shopfloor.catalogue.models import ITEM
from shopfloor.scanning.gs1 import gtin_14
from shopfloor.scanning.label import Label
from shopfloor.scanning.models import LinkKind
from shopfloor.stock.models import LOT

Key = tuple[LinkKind, str]


def key_for(kind: str, text: str, label: Label | None) -> Key:
    """Return how a barcode is kept that is linked to a thing of this kind.

    What differs from label to label of the same thing, such as its quantity, is left out.
    """
    gtin = label.gtin if label else gtin_14(text)
    if kind == ITEM.name and gtin:
        return LinkKind.GTIN, gtin
    if label is None:
        # The same as a reader with symbology identifiers sends it.
        return LinkKind.TEXT, f"(01){gtin}" if gtin else text
    identity = _of_item(label) if kind == ITEM.name else _of_lot(label)
    return LinkKind.TEXT, identity or label.text


def keys_of(text: str, label: Label | None) -> list[Key]:
    """Return every way in which a barcode can have been linked, the most exact first."""
    exact = [(LinkKind.TEXT, text)]
    if label:
        exact.append((LinkKind.TEXT, label.text))
    kinds = (LOT.name, ITEM.name)
    return list(dict.fromkeys([*exact, *(key_for(kind, text, label) for kind in kinds)]))


def _of_item(label: Label) -> str:
    if label.supplier_part or label.part:
        supplier = f"(V){label.supplier}" if label.supplier else ""
        part = f"(1P){label.supplier_part}" if label.supplier_part else f"(P){label.part}"
        return supplier + part
    return ""


def _of_lot(label: Label) -> str:
    product = f"(01){label.gtin}" if label.gtin else _of_item(label)
    if label.lot:
        return f"{product}(10){label.lot}"
    return f"{product}(21){label.serial}" if label.serial else ""
