"""What may be wrong with a data set: doubtful labels, copies, images unlike the rest."""
