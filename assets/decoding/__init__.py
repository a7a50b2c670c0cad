"""From the bytes of a source to typed rows, every bad row set aside with its reason."""
