/// Holds the room's place.
enum HTTPAPIRoom {}
