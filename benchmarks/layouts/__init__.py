"""Time, neighbour recall and trustworthiness of the layouts of features."""
