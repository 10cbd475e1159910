"""The outside turned into values: barcodes and QR codes."""
