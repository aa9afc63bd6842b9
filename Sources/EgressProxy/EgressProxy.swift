/// Holds the room's place.
enum EgressProxyRoom {}
