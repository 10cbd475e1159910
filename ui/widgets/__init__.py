"""Small controls that several pages share: labels that wrap Thai, fields with their message, notes, layouts."""
