import SystemPackage

/// What was found out once, kept by the digest of everything that it depends on, so that it need not be found out
/// again. It is only ever missed: what cannot be written or read does no harm.
///
/// So many slots, each with the last entry that fell into it: it never grows, and nobody has to clear it.
struct Memo<Value: Codable> {
    private struct Entry: Codable {
        var key: String
        var value: Value
    }

    let state: StateFolder
    /// What kind of thing is kept: the first part of its slots' names.
    let kind: String

    /// What was kept as this, a hexadecimal digest.
    func find(_ key: String) -> Value? {
        guard let bytes = state.read(slot(key)), let entry: Entry = JSON.value(from: bytes), entry.key == key else {
            return nil
        }
        return entry.value
    }

    func keep(_ value: Value, as key: String) {
        _ = Result { () throws(BuildFailure) in
            try state.write(Array(try JSON.text(Entry(key: key, value: value)).utf8), to: slot(key))
        }
    }

    private func slot(_ key: String) -> FilePath { state.memos.appending("\(kind)-\(key.prefix(3)).json") }
}
