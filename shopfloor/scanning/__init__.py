"""What a scanned text is, and what the person may do with it now."""
