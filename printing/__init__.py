"""Paper: cases become layouts, layouts become bitmaps and PDF, and printers get them one job at a time."""
