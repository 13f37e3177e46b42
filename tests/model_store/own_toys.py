"""Small Keras models as somebody might bring them, saved as they are."""

from pathlib import Path

from model_store.base import runtime


def nested_classifier(path: Path) -> Path:
    """A classifier of 3 classes with a model inside, for -1 to 1, that tells red, green and blue pictures
    apart; ends with softmax.
    """
    keras = runtime.keras()
    layers = keras.layers
    inner = keras.Sequential(
        [layers.Input((None, None, 3)), layers.Conv2D(3, 1, name="colours"), layers.ReLU(name="lit")],
        name="body",
    )
    picture = layers.Input((16, 24, 3))
    maps = inner(picture)
    answer = layers.Dense(3, activation="softmax", name="out")(layers.GlobalAveragePooling2D()(maps))
    model = keras.Model(picture, answer)
    eye = 3.0 * runtime.tensorflow().eye(3).numpy()
    inner.get_layer("colours").set_weights([eye[None, None], eye[0] * 0 + 3.0])
    model.get_layer("out").set_weights([eye, eye[0] * 0])
    model.save(path)
    return path


def segmenter(path: Path, activation: str | None = None) -> Path:
    """A segmenter of 2 classes for any size and 0 to 1: dark, and bright; its map is enlarged at the end."""
    keras = runtime.keras()
    layers = keras.layers
    picture = layers.Input((None, None, 3))
    maps = layers.Conv2D(4, 4, 4, activation="relu", kernel_initializer="ones", name="light")(picture)
    logits = layers.Conv2D(2, 1, activation=activation, name="classes")(maps)
    model = keras.Model(picture, layers.UpSampling2D(4, interpolation="bilinear")(logits))
    kernel, bias = model.get_layer("classes").get_weights()
    kernel[:] = [[[[-0.05, 0.05]] * 4]]
    model.get_layer("classes").set_weights([kernel, bias * 0 + (4.8, -4.8)])
    model.save(path)
    return path


def uneven(path: Path) -> Path:
    """A segmenter that is said to take any size, and takes even ones: two ways through it meet again."""
    keras = runtime.keras()
    layers = keras.layers
    picture = layers.Input((None, None, 3))
    small = layers.AveragePooling2D(2)(picture)
    large = layers.Conv2DTranspose(3, 2, 2)(small)
    keras.Model(picture, layers.Conv2D(2, 1)(layers.Concatenate()([picture, large]))).save(path)
    return path


def with_lambda(path: Path) -> Path:
    """A model that runs code of its own."""
    keras = runtime.keras()
    model = keras.Sequential(
        [
            keras.layers.Input((8, 8, 3)),
            keras.layers.Lambda(lambda x: x * 2),
            keras.layers.Flatten(),
            keras.layers.Dense(2),
        ]
    )
    model.save(path)
    return path


def saved_classifier(folder: Path) -> Path:
    """A SavedModel of 3 classes for 0 to 1 that tells red, green and blue pictures of any size apart."""
    tf = runtime.tensorflow()
    network = tf.Module()
    network.kernel = tf.Variable(9.0 * tf.eye(3))
    call = tf.function(
        lambda picture: {"answer": tf.nn.softmax(tf.reduce_mean(picture, (1, 2)) @ network.kernel)},
        input_signature=[tf.TensorSpec((None, None, None, 3), tf.float32)],
    )
    tf.saved_model.save(network, str(folder), signatures={"serving_default": call})
    return folder
