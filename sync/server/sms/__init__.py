"""Short messages to citizens: a queue in the database, a courier that empties it, and the gateway that it speaks to."""
