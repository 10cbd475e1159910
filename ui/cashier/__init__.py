"""The cashier's window: who waits to pay, taking money, receipts, opening and closing the day."""
