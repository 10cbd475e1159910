"""The batch under the `pdf` measurement: one file of many sheets beside as many files, and the memory it took."""

import sys
import time

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
    return round(together / (time.perf_counter() - begun), 2), _memory_mb()


def _memory_mb() -> float:
    """The most memory this process has had; 0 where the platform does not tell (Windows)."""
    try:
        import resource
    except ImportError:
        return 0.0
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


if __name__ == "__main__":
    print(*batch(int(sys.argv[1])))
