import FoundationEssentials
import JWTKit

/// A JSON Web Key Set (RFC 7517): the keys that have an id and are for signatures. A key of a kind that cannot be
/// used, symmetric ones first of all, is passed over.
struct JWTKeys: Sendable {
    private struct Document: Decodable {
        struct Entry: Decodable {
            let key: JWK?

            private enum Names: String, CodingKey { case use }

            init(from decoder: any Decoder) throws {
                let use = try? decoder.container(keyedBy: Names.self).decode(String.self, forKey: .use)
                key = use == nil || use == "sig" ? try? JWK(from: decoder) : nil
            }
        }

        let keys: [Entry]
    }

    private let keys: [String: JWK]

    /// - Throws: ``JWTFault``: it is no key set, or has no key that can be used.
    init(_ bytes: Data) throws(JWTFault) {
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: bytes)
        } catch {
            throw JWTFault("it is no JSON Web Key Set")
        }
        var keys: [String: JWK] = [:]
        for var key in document.keys.compactMap(\.key) {
            guard let id = key.keyIdentifier?.string else { continue }
            guard keys[id] == nil else { throw JWTFault("it has two keys with the id \(id)") }
            // A set that has private parts is a leak; the public ones do.
            key.privateExponent = nil
            keys[id] = key
        }
        guard !keys.isEmpty else { throw JWTFault("it has no key with an id that can check signatures") }
        self.keys = keys
    }

    /// The key with an id for one algorithm; nil where there is none.
    func verifier(key id: String, algorithm: String) async throws(JWTFault) -> JWTKeyCollection? {
        guard var key = keys[id] else { return nil }
        guard key.algorithm == nil || key.algorithm?.rawValue == algorithm else {
            throw JWTFault("its key is for another algorithm")
        }
        // A key without one takes that of the first token that it checks, for good: so each gets its own.
        key.algorithm = JWK.Algorithm(rawValue: algorithm)
        do {
            let collection = JWTKeyCollection()
            try await collection.add(jwk: key)
            return collection
        } catch {
            throw JWTFault("its key is not fit for \(algorithm)")
        }
    }
}
