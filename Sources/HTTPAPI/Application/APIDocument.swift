import Crypto

/// The OpenAPI 3.1 document of this API (`openapi.json`), embedded in the executable.
public enum APIDocument {
    public static var bytes: [UInt8] { PackageResources.openapi_json }

    /// The beginning of its SHA-256, hexadecimal.
    static let version = SHA256.hash(data: bytes).prefix(8).map { byte in
        byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
    }
    .joined()
}
