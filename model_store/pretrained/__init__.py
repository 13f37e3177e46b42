"""Networks whose published weights come inside a pinned package: nothing is fetched when they are used."""
