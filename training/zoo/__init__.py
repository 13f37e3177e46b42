"""Segmentation networks: decoders on backbones, trained by Keras' own ``fit``, and tables of them."""
