/// How much of a multipart body's own structure is read before it is refused. The size of the parts themselves is for
/// whoever takes them.
struct MultipartLimits {
    var parts = 8
    /// Bytes of one part's header, and its lines.
    var headerBytes = 8192
    var headerLines = 16
    /// Bytes before the first part and behind the last (RFC 2046, 5.1.1): some mailers write there, no browser does.
    var surroundingBytes = 1024
}
