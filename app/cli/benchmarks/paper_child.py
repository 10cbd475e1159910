"""The batch under the `pdf` measurement: one file of many sheets beside as many files, and the memory it took."""

import sys
import time

from app.cli.benchmarks.memory import peak_mb
from printing import bench, pdf, samples
from printing.petition import petition_layout


def batch(count: int) -> tuple[float, float]:
    """(time of one file of `count` sheets as a multiple of that of `count` files, most memory in MB)."""
    pdf.render(petition_layout(bench.case(0), samples.ORIGINAL))
    begun = time.perf_counter()
    pdf.render(*(petition_layout(bench.case(number), samples.ORIGINAL) for number in range(1, count + 1)))
    together = time.perf_counter() - begun
    begun = time.perf_counter()
    for number in range(count + 1, 2 * count + 1):
        pdf.render(petition_layout(bench.case(number), samples.ORIGINAL))
    return round(together / (time.perf_counter() - begun), 2), round(peak_mb(), 1)


if __name__ == "__main__":
    print(*batch(int(sys.argv[1])))
