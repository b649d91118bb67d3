// Stands until the first helper arrives.
