"""VGG19 without its dense layers, trained on ImageNet (Simonyan and Zisserman 2015): weights in the data folder."""

from harness.data.weights import CAFFE, Wanted, Weights

DATASET = Weights(
    "vgg19",
    "VGG19",
    20_024_384,
    (3, 3, 3, 64),
    (
        Wanted("vgg19_notop.weights.h5", CAFFE),
        Wanted("vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5", CAFFE),
    ),
)
