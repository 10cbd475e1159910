"""The chip of the Thai national ID card: what it says becomes a `CardHolder`, what fails becomes Thai words.

`selection.read_card` reads the card that is in a reader, `monitor.CardMonitor` tells when cards and readers come and
go. Everything but pcsc.py works without pyscard and without a reader.
"""
