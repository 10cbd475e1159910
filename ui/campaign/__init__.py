"""Work for the government's campaigns: ThaiD registrations, what the office has to get ready, the staff's records."""
