"""Operations that ONNX, TFLite and OpenVINO IR may have: what networks for images are made of.

Each gives numbers for numbers. Not among them: graphs inside operations, texts, sequences, chance, tables of
words, variables, operations of other libraries, and what the formats add in later versions.
"""

from collections.abc import Mapping
from types import MappingProxyType

_ONNX = """
    Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization Cast
    CastLike Ceil Celu Clip Compress Concat Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos
    Cosh CumSum DepthToSpace DequantizeLinear Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp
    Expand EyeLike Flatten Floor Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalLpPool
    GlobalMaxPool Greater GreaterOrEqual GridSample GroupNormalization HardSigmoid HardSwish Hardmax
    Identity InstanceNormalization IsInf IsNan LRN LayerNormalization LeakyRelu Less LessOrEqual Log
    LogSoftmax LpNormalization LpPool MatMul MatMulInteger Max MaxPool Mean MeanVarianceNormalization Min
    Mish Mod Mul Neg Not OneHot Or PRelu Pad Pow QLinearConv QLinearMatMul QuantizeLinear Range Reciprocal
    ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
    ReduceSumSquare Relu Reshape Resize ReverseSequence Round ScatterElements ScatterND Selu Shape Shrink
    Sigmoid Sign Sin Sinh Size Slice Softmax Softplus Softsign SpaceToDepth Split Sqrt Squeeze Sub Sum
    Swish Tan Tanh ThresholdedRelu Tile TopK Transpose Trilu Unsqueeze Upsample Where Xor
    """
ONNX = frozenset(_ONNX.split())
"""Of the domain of ONNX itself (https://onnx.ai/onnx/operators/)."""

_OPENVINO = """
    Abs Acos Acosh AdaptiveAvgPool AdaptiveMaxPool Add Asin Asinh Atan Atanh AvgPool BatchNormInference
    BatchToSpace Broadcast Ceiling Clamp Concat Const Convert ConvertLike ConvertPromoteTypes Convolution
    ConvolutionBackpropData Cos Cosh CumSum DepthToSpace Divide Einsum Elu Equal Erf Exp
    ExtractImagePatches Eye FakeQuantize Floor FloorMod Gather GatherElements GatherND Gelu Greater
    GreaterEqual GridSample GroupConvolution GroupConvolutionBackpropData GroupNormalization HSigmoid
    HSwish HardSigmoid Interpolate IsFinite IsInf IsNaN LRN Less LessEqual Log LogSoftmax LogicalAnd
    LogicalNot LogicalOr LogicalXor MVN MatMul MaxPool Maximum Minimum Mish Mod Multiply Negative
    NormalizeL2 NotEqual OneHot PReLU Pad Parameter Power Range ReLU ReduceL1 ReduceL2 ReduceLogicalAnd
    ReduceLogicalOr ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum Relu Reshape Result
    ReverseSequence Roll Round ScaledDotProductAttention ScatterElementsUpdate ScatterNDUpdate
    ScatterUpdate Select Selu ShapeOf ShuffleChannels Sigmoid Sign Sin Sinh Slice SoftMax SoftPlus
    SoftSign Softmax SpaceToBatch SpaceToDepth Split Sqrt SquaredDifference Squeeze StridedSlice Subtract
    Swish Tan Tanh Tile TopK Transpose Unsqueeze VariadicSplit
    """
OPENVINO = frozenset(_OPENVINO.split())
"""Of its own sets (https://docs.openvino.ai, operation sets); Python calls some of them otherwise."""

_TFLITE = """
    0:ADD 1:AVERAGE_POOL_2D 2:CONCATENATION 3:CONV_2D 4:DEPTHWISE_CONV_2D 5:DEPTH_TO_SPACE 6:DEQUANTIZE
    8:FLOOR 9:FULLY_CONNECTED 11:L2_NORMALIZATION 12:L2_POOL_2D 13:LOCAL_RESPONSE_NORMALIZATION
    14:LOGISTIC 17:MAX_POOL_2D 18:MUL 19:RELU 20:RELU_N1_TO_1 21:RELU6 22:RESHAPE 23:RESIZE_BILINEAR
    25:SOFTMAX 26:SPACE_TO_DEPTH 28:TANH 34:PAD 36:GATHER 37:BATCH_TO_SPACE_ND 38:SPACE_TO_BATCH_ND
    39:TRANSPOSE 40:MEAN 41:SUB 42:DIV 43:SQUEEZE 45:STRIDED_SLICE 47:EXP 48:TOPK_V2 49:SPLIT
    50:LOG_SOFTMAX 53:CAST 54:PRELU 55:MAXIMUM 56:ARG_MAX 57:MINIMUM 58:LESS 59:NEG 60:PADV2 61:GREATER
    62:GREATER_EQUAL 63:LESS_EQUAL 64:SELECT 65:SLICE 66:SIN 67:TRANSPOSE_CONV 69:TILE 70:EXPAND_DIMS
    71:EQUAL 72:NOT_EQUAL 73:LOG 74:SUM 75:SQRT 76:RSQRT 77:SHAPE 78:POW 79:ARG_MIN 80:FAKE_QUANT
    81:REDUCE_PROD 82:REDUCE_MAX 83:PACK 84:LOGICAL_OR 85:ONE_HOT 86:LOGICAL_AND 87:LOGICAL_NOT 88:UNPACK
    89:REDUCE_MIN 90:FLOOR_DIV 91:REDUCE_ANY 92:SQUARE 93:ZEROS_LIKE 94:FILL 95:FLOOR_MOD 96:RANGE
    97:RESIZE_NEAREST_NEIGHBOR 98:LEAKY_RELU 99:SQUARED_DIFFERENCE 100:MIRROR_PAD 101:ABS 102:SPLIT_V
    104:CEIL 105:REVERSE_V2 106:ADD_N 107:GATHER_ND 108:COS 109:WHERE 110:RANK 111:ELU
    112:REVERSE_SEQUENCE 114:QUANTIZE 116:ROUND 117:HARD_SWISH 122:SCATTER_ND 123:SELECT_V2
    126:BATCH_MATMUL 128:CUMSUM 130:BROADCAST_TO 140:REDUCE_ALL 145:BROADCAST_ARGS 150:GELU
    152:RELU_0_TO_1 156:ATAN2 158:SIGN
    """
TFLITE: Mapping[int, str] = MappingProxyType(
    {int(code): name for code, _, name in (pair.partition(":") for pair in _TFLITE.split())}
)
"""Builtin operations by their number in the format."""
