"""How near our maps must come to the answers of the peers."""

ROUNDING, KINKS, QUADRATURE, CHANCE = 1e-5, 5e-3, 2e-2, 3e-2
"""How far a map may be off, as a share of the peer's maximum.

Single precision; a ReLU that falls to the other side on one of many pictures, for rounding; another rule for
the same integral; coalitions by chance in place of all.
"""

TOLERANCE = {
    "gradcam": ROUNDING,
    "gradcam++": ROUNDING,
    "hirescam": ROUNDING,
    "layercam": ROUNDING,
    "scorecam": ROUNDING,
    "saliency": ROUNDING,
    "gradient_x_input": ROUNDING,
    "integrated_gradients": KINKS,
    "integrated_gradients_limit": QUADRATURE,
    "smoothgrad": KINKS,
    "vargrad": KINKS,
    "guided_backprop": ROUNDING,
    "deconvnet": ROUNDING,
    "sobol": ROUNDING,
    "lime": ROUNDING,
    "occlusion": ROUNDING,
    "occlusion_overlapping": ROUNDING,
    "rise": ROUNDING,
    "hsic": ROUNDING,
    "hsic_faded": ROUNDING,
    "kernelshap": CHANCE,
}
"""By answer; `benchmarks/judges/answers.py` says which peer has given it, and why where it is a formula."""
