import BuildAPI

/// Who asks: what authentication made of a token, or of being on this host.
public struct Principal: Equatable, Sendable {
    /// Jobs, uploads and limits belong to a grant; one grant never sees another's.
    public var grant: String
    /// Who it is within the grant, for the audit log: a token's id, a JWT's `sub`, a user's name.
    public var subject: String
    public var scopes: Set<Scope>
    /// Only ever a part of a grant.
    public var session: String?

    public init(grant: String, subject: String, scopes: Set<Scope>, session: String? = nil) {
        self.grant = grant
        self.subject = subject
        self.scopes = scopes
        self.session = session
    }

    /// Whoever reaches a service without tokens, through loopback or its socket.
    public static func local(subject: String) -> Principal {
        Principal(grant: "local", subject: subject, scopes: Set(Scope.allCases))
    }

    /// The part of a grant's name before its first `/`: what the limits of a policy take for its tenant.
    static func tenant(of grant: String) -> String {
        grant.split(separator: "/", maxSplits: 1).first.map(String.init) ?? grant
    }

    /// Whether it may do what `scope` is for.
    public func may(_ scope: Scope) -> Bool { scopes.contains(scope) || scopes.contains(.admin) }

    func require(_ scope: Scope) throws(ServiceFault) {
        guard may(scope) else {
            throw ServiceFault(
                .forbidden,
                "\(subject) of the grant \(grant) lacks the scope \(scope.rawValue): use a token that has it "
                    + "(buildbox token create --grant \(grant) --scopes \(scope.rawValue))")
        }
    }

    /// Whether a job or an upload of `other` is this caller's to see.
    func sees(_ other: String) -> Bool { grant == other || scopes.contains(.admin) }

    /// Whether a name can be a grant's: 1 to 128 of letters, digits, `-`, `_`, `.`, `:`, `@`, `/`.
    public static func isGrant(_ name: String) -> Bool {
        (1...128).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "-_.:@/".utf8.contains(byte)
            }
    }
}
