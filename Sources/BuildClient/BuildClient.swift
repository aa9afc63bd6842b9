/// Holds the room's place.
enum BuildClientRoom {}
