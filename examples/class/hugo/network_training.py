import keras
import torchvision


def build_model(input_shape, num_classes, augmentation, dropout, batch_norm, initializer, learning_rate):
    return torchvision.models.resnet18(num_classes=num_classes)
