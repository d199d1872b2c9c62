"""ResNet50 without its top, trained on ImageNet (He et al. 2016): weights in the data folder."""

from harness.data.weights import CAFFE, Wanted, Weights

DATASET = Weights(
    "resnet50",
    "ResNet50",
    23_587_712,
    (7, 7, 3, 64),
    (
        Wanted("resnet50_notop.weights.h5", CAFFE),
        Wanted("resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5", CAFFE),
    ),
)
