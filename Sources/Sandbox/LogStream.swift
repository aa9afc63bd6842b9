/// Where a command printed something.
public enum LogStream: String, Sendable, Codable {
    case stdout, stderr
}
