"""Draws every golden picture anew."""

from printing import raster
from tests import golden

if __name__ == "__main__":
    raster.ensure_application()
    for name in golden.PICTURES:
        golden.keep(name)
        print(name)
