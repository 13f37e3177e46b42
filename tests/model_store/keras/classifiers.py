"""Small Keras classifiers in the ways that people build them."""


def backbone(keras, channels=3, size=16, name="backbone"):
    layers = keras.layers
    inputs = keras.Input((size, size, channels))
    fine = layers.Conv2D(6, 3, padding="same", activation="relu", name="conv1")(inputs)
    coarse = layers.ReLU(name="relu2")(
        layers.BatchNormalization(name="norm")(layers.Conv2D(8, 3, 2, "same", name="conv2")(fine))
    )
    return keras.Model(inputs, coarse, name=name)


def ends(keras, kind, classes=3):
    """The last layers of a classifier."""
    layers = keras.layers
    return {
        "inside": [layers.Dense(classes, activation="softmax", name="answer")],
        "layer": [layers.Dense(classes, name="answer"), layers.Softmax(name="softmax")],
        "activation": [layers.Dense(classes, name="answer"), layers.Activation("softmax", name="softmax")],
        "reshaped": [
            layers.Dense(classes, name="answer"),
            layers.Reshape((1, classes)),
            layers.Softmax(),
            layers.Flatten(),
        ],
        "none": [layers.Dense(classes, name="answer")],
        "sigmoid": [layers.Dense(1, activation="sigmoid", name="answer")],
        "sigmoids": [layers.Dense(classes, activation="sigmoid", name="answer")],
    }[kind]


def sequential(keras, kind, **options):
    layers = keras.layers
    inner = backbone(keras, **options)
    return keras.Sequential([inner, layers.GlobalAveragePooling2D(), layers.Dropout(0.5), *ends(keras, kind)])


def functional(keras, kind):
    """Preprocessing and a backbone inside a functional model, the end inside a Sequential in it."""
    layers = keras.layers
    inputs = keras.Input((16, 16, 3), name="rgb")
    maps = backbone(keras)(layers.Rescaling(1 / 127.5, -1)(inputs))
    end = keras.Sequential([layers.GlobalAveragePooling2D(), *ends(keras, kind)], name="end")
    return keras.Model(inputs, end(maps))
