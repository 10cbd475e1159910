"""Files of the case being filled in: by drop, paste, dialog, folder or camera, listed with small pictures."""
