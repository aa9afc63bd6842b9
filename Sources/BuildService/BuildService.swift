/// Holds the room's place.
enum BuildServiceRoom {}
