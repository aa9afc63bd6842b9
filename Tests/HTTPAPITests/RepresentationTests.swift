import NIOCore
import Testing

@testable import HTTPAPI

@Suite struct RepresentationTests {
    @Test(
        arguments: [
            (nil, ByteRange.whole), ("bytes=0-0", .part(0..<1)), ("bytes=2-", .part(2..<10)),
            ("bytes=-3", .part(7..<10)),
            ("bytes=-99", .part(0..<10)), ("bytes=9-99", .part(9..<10)), ("Bytes= 1 - 2", .part(1..<3)),
            ("bytes=10-", .unsatisfiable), ("bytes=-0", .unsatisfiable), ("bytes=5-2", .whole), ("bytes=a-b", .whole),
            ("bytes=0-1,3-4", .whole), ("lines=0-1", .whole), ("bytes=-", .whole), ("bytes", .whole),
            ("bytes=0-18446744073709551615", .part(0..<10)), ("bytes=0-99999999999999999999", .part(0..<10)),
            ("bytes=99999999999999999999-", .unsatisfiable),
        ] as [(String?, ByteRange)])
    func aRangeIsWhatTheFieldSays(_ field: String?, _ range: ByteRange) {
        #expect(ByteRange(field, size: 10) == range)
    }

    @Test func ofNothingNoRangeCanBeHad() {
        #expect(ByteRange("bytes=0-", size: 0) == .unsatisfiable)
        #expect(ByteRange("bytes=-5", size: 0) == .unsatisfiable)
        #expect(ByteRange(nil, size: 0) == .whole)
    }

    @Test(arguments: [
        ("\"a\"", true, true), ("W/\"a\"", true, false), ("\"b\", \"a\"", true, false), ("*", true, false),
        ("\"b\"", false, false), ("a", false, false), ("\"a", false, false),
        ("Tue, 24 Nov 2026 14:00:00 GMT", false, false),
    ])
    func tagsAreCompared(_ field: String, isAmong: Bool, allowsRange: Bool) {
        let tag = EntityTag(opaque: "a")
        #expect(tag.isAmong(field) == isAmong)
        #expect(tag.allowsRange(field) == allowsRange)
    }

    @Test func withoutConditionsThereAreNone() {
        #expect(!EntityTag(opaque: "a").isAmong(nil))
        #expect(EntityTag(opaque: "a").allowsRange(nil))
    }

    @Test(arguments: [
        ("six-1.17.0.tar.gz", "attachment; filename=\"six-1.17.0.tar.gz\""),
        ("a\"b.whl", "attachment; filename=\"a_b.whl\"; filename*=UTF-8''a%22b.whl"),
        ("ü\r\n.whl", "attachment; filename=\"___.whl\"; filename*=UTF-8''%C3%BC%0D%0A.whl"),
        ("50%.zip", "attachment; filename=\"50_.zip\"; filename*=UTF-8''50%25.zip"),
    ])
    func aFileNameCannotBreakItsField(_ name: String, _ field: String) {
        #expect(Disposition.attachment(name) == field)
    }

    @Test func aDigestIsWrittenAsTheRFCHasIt() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(DigestField.sha256(empty) == "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:")
        #expect(DigestField.sha256("d4") == nil)
        #expect(DigestField.sha256(String(repeating: "zz", count: 32)) == nil)
    }

    @Test(
        arguments: [
            ("wait=10", 10), ("respond-async, wait=5", 5), ("WAIT = 7 ; x=y", 7), ("wait=\"3\"", 3), ("wait", nil),
            ("wait=-1", nil), ("wait=x", nil), ("return=minimal", nil), (nil, nil), ("wait=1, wait=2", 1),
            ("wait=99999999999999999999", .max),
        ] as [(String?, Int?)])
    func aPreferenceToWaitIsFound(_ field: String?, _ seconds: Int?) {
        #expect(Preference.wait(field) == seconds)
    }

    @Test func anEventIsWrittenLineByLine() {
        let event = ServerSentEvent(id: 7, name: "log", data: #"{"a":"b\n"}"#)
        #expect(String(buffer: event.bytes) == "id: 7\nevent: log\ndata: {\"a\":\"b\\n\"}\n\n")
    }
}
