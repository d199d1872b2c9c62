"""One thread for linear algebra, so that sums come in the same order each time."""

from threadpoolctl import threadpool_limits


def one_thread() -> None:
    """Hold BLAS and OpenMP to one thread from here on.

    With several, the last bits of a sum depend on who was faster, and a slot has one core. To be called after the
    libraries are imported, and in every thread, as OpenMP keeps its setting per thread.
    """
    threadpool_limits(limits=1)
