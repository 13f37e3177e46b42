"""What may be wrong with a data set: labels, copies, images unlike the rest."""
