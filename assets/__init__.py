"""What exists: one file per source, curated table and page, and the few builders."""
