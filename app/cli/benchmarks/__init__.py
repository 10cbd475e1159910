"""The measurements of `bench`: each figure beside the limit measured in the same run."""
