import SourceText
import Testing

@testable import CommandLineInterface

@Suite struct ByteSizeTests {
    @Test(
        arguments: [
            ("1", 1), ("1048576", 1 << 20), ("1b", 1), ("2k", 2 << 10), ("512MiB", 512 << 20), ("2GiB", 2 << 30),
            ("1G", 1 << 30),
            ("1.5GB", 1_500_000_000), ("1kb", 1000), ("0.5mib", 1 << 19), (".5k", 512), ("1TiB", 1 << 40),
            ("2tb", 2_000_000_000_000),
            ("4194303TiB", 4_194_303 << 40),
        ] as [(String, UInt64)])
    func aSizeIsANumberAndAUnit(_ argument: String, bytes: UInt64) {
        #expect(ByteSize(argument: argument)?.bytes == bytes)
    }

    @Test(arguments: [
        "", "0", "0.5", "-1", "+1", "GiB", "1 GiB", " 1", "1,5G", "1..5G", ".", "1e9", "0x10", "1PiB", "1GiBs",
        "4194304TiB",
        "99999999999999999999999TiB", "inf", "nan", "١", "1\0", String(repeating: "9", count: 400),
    ])
    func everythingElseIsNone(_ argument: String) {
        #expect(ByteSize(argument: argument) == nil)
    }

    @Test(
        arguments: [(2 << 30, "2GiB"), (16 << 20, "16MiB"), (3 << 10, "3KiB"), (1025, "1025"), (3 << 29, "1536MiB")]
            as [(UInt64, String)])
    func theDescriptionIsReadBackTheSame(_ bytes: UInt64, text: String) {
        #expect(ByteSize(bytes).description == text)
        #expect(ByteSize(argument: text)?.bytes == bytes)
    }
}
