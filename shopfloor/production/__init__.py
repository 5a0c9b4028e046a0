"""Work orders, their operations, and what people report on them."""
