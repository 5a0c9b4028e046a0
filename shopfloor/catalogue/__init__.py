"""What the factory makes and how: items, BOMs, routings, reasons, piece rates."""
