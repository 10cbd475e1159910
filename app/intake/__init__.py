"""The outside turned into values: barcodes and QR codes, the chip of the ID card."""
