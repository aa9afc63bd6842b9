import HTTPTypes

/// Why a request got another status than 200.
struct HTTPRefusal: Error {
    let status: HTTPResponse.Status
    /// What the body says; nil: nothing.
    let fault: ProtocolFault?

    init(_ status: HTTPResponse.Status, _ fault: ProtocolFault?) {
        self.status = status
        self.fault = fault
    }

    var answer: HTTPAnswer {
        guard let fault else { return .whole(status, [:], []) }
        return .whole(status, HTTPEndpoint.json, Outgoing.error(fault, in: nil).bytes)
    }
}
