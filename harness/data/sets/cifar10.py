"""CIFAR-10: 60,000 small photographs of ten classes (Krizhevsky 2009)."""

from harness.data.downloadable import Downloadable

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
DATASET = Downloadable("cifar10", "CIFAR-10", (32, 32, 3), 50_000, 10_000, CLASSES)
