"""What the owner of the server offers to everybody: images and data sets."""
