"""Operations that the graph of a SavedModel may have: what networks for pictures are made of.

``python -m model_store.scan.operations`` prints the table of docs/own-models.md. Each of them gives numbers
for numbers, calls functions of the model, or reads and writes the model's own variables. Not among them:
whatever touches files, addresses, Python, the standard streams, other devices or tables of words; data sets,
queues and readers; what decodes pictures; operations of other libraries; and what TensorFlow adds in later
versions.
"""

from collections.abc import Mapping
from types import MappingProxyType

OPERATIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        name: tuple(names.split())
        for name, names in {
            "constants, inputs, flow": """
                Assert Case CheckNumerics Const EnsureShape FakeParam GuaranteeConst Identity IdentityN If
                NoOp PartitionedCall Placeholder PlaceholderWithDefault PreventGradient
                StatefulPartitionedCall StatelessCase StatelessIf StatelessWhile StopGradient While""",
            "variables": """
                AssignAddVariableOp AssignSubVariableOp AssignVariableOp DisableCopyOnRead ReadVariableOp
                ResourceGather ResourceGatherNd VarHandleOp VarIsInitializedOp VariableShape""",
            "arithmetic": """
                Abs AccumulateNV2 Add AddN AddV2 BesselI0e BesselI1e Cast Ceil ClipByValue Cross Div
                DivNoNan Erf Erfc Erfinv Exp Expm1 Floor FloorDiv FloorMod Inv Log Log1p Maximum Minimum
                Mod Mul MulNoNan Neg Pow RealDiv Reciprocal Rint Round Rsqrt Sign Sqrt Square
                SquaredDifference Sub TruncateDiv TruncateMod Xdivy Xlog1py Xlogy""",
            "angles": "Acos Acosh Asin Asinh Atan Atan2 Atanh Cos Cosh Sin Sinh Tan Tanh",
            "comparison, logic, bits": """
                ApproximateEqual BitwiseAnd BitwiseOr BitwiseXor Equal Greater GreaterEqual Invert
                IsFinite IsInf IsNan LeftShift Less LessEqual LogicalAnd LogicalNot LogicalOr NotEqual
                RightShift Select SelectV2 Where""",
            "sums, extremes, order": """
                All Any ApproxTopK ArgMax ArgMin Bincount Bucketize Cumprod Cumsum CumulativeLogsumexp
                DenseBincount EuclideanNorm InTopKV2 L2Loss LowerBound Max Mean Min NthElement Prod
                SegmentMaxV2 SegmentMean SegmentMinV2 SegmentProdV2 SegmentSumV2 Sum TopKV2 UniqueV2
                UnsortedSegmentMax UnsortedSegmentMin UnsortedSegmentProd UnsortedSegmentSum UpperBound""",
            "matrices": """
                BatchMatMul BatchMatMulV2 BatchMatMulV3 Cholesky Diag DiagPart Einsum MatMul
                MatrixBandPart MatrixDeterminant MatrixDiag MatrixDiagPart MatrixDiagPartV3 MatrixDiagV3
                MatrixInverse MatrixSetDiag MatrixSetDiagV3 MatrixSolve MatrixTriangularSolve Qr
                SelfAdjointEigV2 Svd""",
            "shape and place": """
                BatchToSpaceND Bitcast BroadcastArgs BroadcastGradientArgs BroadcastTo Concat ConcatOffset
                ConcatV2 DataFormatDimMap DataFormatVecPermute DepthToSpace DynamicPartition DynamicStitch
                Empty ExpandDims Fill Gather GatherNd GatherV2 InvertPermutation LinSpace MirrorPad OneHot
                OnesLike Pack Pad PadV2 ParallelDynamicStitch Range Rank Reshape ReverseSequence ReverseV2
                Roll ScatterNd Shape ShapeN Size Slice SpaceToBatchND SpaceToDepth Split SplitV Squeeze
                StridedSlice TensorScatterAdd TensorScatterMax TensorScatterMin TensorScatterSub
                TensorScatterUpdate TensorStridedSliceUpdate Tile Transpose UnravelIndex Unpack ZerosLike""",
            "lists of arrays": """
                EmptyTensorList TensorListConcatV2 TensorListElementShape TensorListFromTensor
                TensorListGather TensorListGetItem TensorListLength TensorListPopBack TensorListPushBack
                TensorListReserve TensorListResize TensorListScatterV2 TensorListSetItem TensorListSplit
                TensorListStack""",
            "convolution, recurrence, pooling, normalisation": """
                AvgPool AvgPool3D BiasAdd Conv Conv2D Conv2DBackpropInput Conv2DBackpropInputV2 Conv3D
                Conv3DBackpropInputV2 CudnnRNNV3 DepthwiseConv2dNative DepthwiseConv2dNativeBackpropInput
                Dilation2D
                ExtractImagePatches ExtractVolumePatches FractionalAvgPool FractionalMaxPool
                FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 LRN MaxPool MaxPool3D MaxPoolV2
                MaxPoolWithArgmax""",
            "activations": """
                Elu LeakyRelu LogSoftmax Relu Relu6 Selu Sigmoid Softmax Softplus Softsign""",
            "pictures": """
                AdjustContrastv2 AdjustHue AdjustSaturation CombinedNonMaxSuppression CropAndResize
                ExtractGlimpseV2 HSVToRGB ImageProjectiveTransformV2 ImageProjectiveTransformV3
                NonMaxSuppressionV3 NonMaxSuppressionV4 NonMaxSuppressionV5 RGBToHSV ResizeArea
                ResizeBicubic ResizeBilinear ResizeNearestNeighbor ScaleAndTranslate""",
            "frequencies": """
                Angle Complex ComplexAbs Conj ConjugateTranspose FFT FFT2D FFT3D IFFT IFFT2D IFFT3D IRFFT
                IRFFT2D IRFFT3D Imag RFFT RFFT2D RFFT3D Real""",
            "chance": """
                Multinomial RandomShuffle RandomStandardNormal RandomUniform RandomUniformInt RngReadAndSkip
                StatelessMultinomial StatelessRandomGetAlg StatelessRandomGetKeyCounter
                StatelessRandomNormalV2 StatelessRandomUniform StatelessRandomUniformIntV2
                StatelessRandomUniformFullIntV2 StatelessRandomUniformV2 StatelessShuffle
                StatelessTruncatedNormalV2 TruncatedNormal""",
            "fewer bits": """
                Dequantize FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars
                FakeQuantWithMinMaxVarsPerChannel QuantizeAndDequantizeV2 QuantizeAndDequantizeV3
                QuantizeAndDequantizeV4 QuantizeV2""",
            "derivatives of these": """
                AvgPoolGrad BiasAddGrad Conv2DBackpropFilter CudnnRNNBackpropV3
                DepthwiseConv2dNativeBackpropFilter EluGrad
                FusedBatchNormGradV3 LeakyReluGrad MaxPoolGrad MirrorPadGrad ReciprocalGrad Relu6Grad
                ReluGrad ResizeBicubicGrad ResizeBilinearGrad ResizeNearestNeighborGrad RsqrtGrad SeluGrad
                SigmoidGrad SoftplusGrad SoftsignGrad SqrtGrad StridedSliceGrad TanhGrad""",
        }.items()
    }
)
"""Allowed everywhere, by what they are for."""

ALLOWED = frozenset(name for names in OPERATIONS.values() for name in names)

CHECKPOINT = frozenset(
    ("MergeV2Checkpoints", "RestoreV2", "SaveV2", "ShardedFilename", "StaticRegexFullMatch", "StringJoin")
)
"""Allowed besides in the functions that save and restore the variables, which nothing in the model calls."""


def operations_table() -> str:
    """All allowed operations as a table in Markdown."""
    rows = {**OPERATIONS, "only in what saves and restores the variables": sorted(CHECKPOINT)}
    lines = (f"| {name} | {' '.join(found)} |" for name, found in rows.items())
    return "\n".join(("| for | operations |", "|---|---|", *lines))


if __name__ == "__main__":
    print(operations_table())
