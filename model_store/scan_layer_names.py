"""Names of Keras' own that the description of a model may use, besides those of the models that ship.

Not among them: Lambda, layers that read files (StringLookup, TextVectorization, TFSMLayer), that hold code of other libraries
(TorchModuleWrapper, JaxLayer, FlaxLayer), and whatever Keras adds in later versions.
"""

from __future__ import annotations

LAYERS = (
    *("Attention", "AdditiveAttention", "MultiHeadAttention", "GroupedQueryAttention", "Embedding", "EinsumDense", "Identity", "Masking"),
    *("Conv1D", "Conv3D", "Conv1DTranspose", "Conv3DTranspose", "DepthwiseConv1D", "SeparableConv1D"),
    *("AveragePooling1D", "AveragePooling3D", "MaxPooling1D", "MaxPooling3D", "GlobalAveragePooling1D", "GlobalMaxPooling1D"),
    *("AdaptiveAveragePooling2D", "AdaptiveMaxPooling2D", "GlobalAveragePooling3D", "GlobalMaxPooling3D"),
    *("Cropping1D", "Cropping3D", "ZeroPadding1D", "ZeroPadding3D", "UpSampling1D", "UpSampling3D", "RepeatVector"),
    *("Dot", "Minimum", "RMSNormalization", "SpectralNormalization", "UnitNormalization", "ActivityRegularization"),
    *("AlphaDropout", "GaussianDropout", "GaussianNoise", "SpatialDropout1D", "SpatialDropout3D"),
    *("Bidirectional", "TimeDistributed", "LSTM", "LSTMCell", "GRU", "GRUCell", "RNN", "SimpleRNN", "SimpleRNNCell", "ConvLSTM2D"),
    *("CenterCrop", "RandomFlip", "RandomRotation", "RandomZoom", "RandomTranslation", "RandomContrast", "RandomBrightness", "RandomCrop"),
    *("RandomHeight", "RandomWidth", "SeedGenerator", "ThresholdedReLU", "LeakyRelu", "SyncBatchNormalization"),
)
OPERATIONS = (
    *("Absolute", "Abs", "Negative", "Sqrt", "Rsqrt", "Square", "Power", "Exp", "Expm1", "Log", "Log1p", "Sign", "Floor", "Ceil", "Round"),
    *("TrueDivide", "Divide", "FloorDivide", "Mod", "Mean", "Sum", "Max", "Min", "Prod", "Var", "Std", "Amax", "Amin", "Clip", "Where"),
    *("Matmul", "Einsum", "Tensordot", "Transpose", "Swapaxes", "Moveaxis", "ExpandDims", "Squeeze", "Stack", "Split", "Tile", "Repeat"),
    *("Roll", "Pad", "Flip", "GetItem", "Slice", "Take", "Cast", "BroadcastTo", "Ravel", "ZerosLike", "OnesLike", "Greater", "Less"),
    *("GreaterEqual", "LessEqual", "Equal", "NotEqual", "LogicalAnd", "LogicalOr", "LogicalNot", "Argmax", "Tanh", "Sin", "Cos", "Erf"),
    *(
        "Relu",
        "Relu6",
        "Sigmoid",
        "Softplus",
        "Softsign",
        "Silu",
        "Swish",
        "LogSigmoid",
        "HardSigmoid",
        "HardSilu",
        "HardSwish",
        "HardTanh",
    ),
    *("Elu", "Selu", "Gelu", "Celu", "Glu", "LogSoftmax", "Mish", "Logsumexp", "Conv", "DepthwiseConv", "MaxPool", "AveragePool"),
    *("Resize", "Normalize", "UnfoldOp", "DepthToSpace", "SpaceToDepth"),
)
PARTS = (
    *("FloatDTypePolicy", "Policy", "RandomNormal", "RandomUniform", "TruncatedNormal", "VarianceScaling", "LecunNormal", "LecunUniform"),
    *("Orthogonal", "OrthogonalInitializer", "Identity", "IdentityInitializer", "L1L2", "OrthogonalRegularizer"),
    *("MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"),
)
FUNCTIONS = frozenset(
    (
        *("relu", "relu6", "sigmoid", "softmax", "softplus", "softsign", "tanh", "linear", "elu", "selu", "gelu", "silu", "swish", "mish"),
        *("leaky_relu", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "exponential", "log_softmax", "log_sigmoid", "celu", "glu"),
    )
)
"""Activations that may be named as a function."""

SPECIAL = frozenset(("__keras_tensor__", "__tensor__", "__numpy__", "__slice__", "__ellipsis__"))
"""Values that Keras writes as objects; none of them names code."""
