"""DenseNet121 without its top, trained on ImageNet (Huang et al. 2017): weights in the data folder."""

from harness.data.weights import TORCH, Wanted, Weights

DATASET = Weights(
    "densenet121",
    "DenseNet121",
    7_037_504,
    (7, 7, 3, 64),
    (
        Wanted("densenet121_notop.weights.h5", TORCH),
        Wanted("densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5", TORCH),
    ),
)
