"""VGG16 without its dense layers, trained on ImageNet (Simonyan and Zisserman 2015): weights in the data folder."""

from harness.data.weights import CAFFE, TORCH, Wanted, Weights

DATASET = Weights(
    "vgg16",
    "VGG16",
    14_714_688,
    (3, 3, 3, 64),
    (
        Wanted("vgg16_notop.weights.h5", TORCH),
        Wanted("vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5", CAFFE),
    ),
)
