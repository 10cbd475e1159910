"""Files of cases on the central server: taken by tus 1.0, given by range, kept encrypted on disk or S3."""
