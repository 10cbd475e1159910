"""The left column of the Counter page: who stands there, how that is known, and what they came for before.

column.py joins the parts; card_feed.py and card_panel.py are the chip of the ID card, filling.py decides what may fill
the form, kinds.py has the fields of each kind of applicant. Parts that few applicants need are built when first needed.
"""
