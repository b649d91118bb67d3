// Stands until the room's first file arrives.
