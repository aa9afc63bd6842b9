import SourceText
import Testing

@testable import CommandLineInterface

@Suite struct TimeSpanTests {
    @Test(
        arguments: [
            ("90", .seconds(90)), ("90s", .seconds(90)), ("500ms", .milliseconds(500)), ("5m", .seconds(300)),
            ("1h", .seconds(3600)),
            ("1.5H", .seconds(5400)), ("0.001", .milliseconds(1)), ("1ms", .milliseconds(1)),
            ("168h", .seconds(604_800)),
        ] as [(String, Duration)])
    func aTimeIsANumberAndAUnit(_ argument: String, duration: Duration) {
        #expect(TimeSpan(argument: argument)?.duration == duration)
    }

    @Test(arguments: [
        "", "0", "0.5ms", "-1", "s", "1 s", "1d", "1min", "169h", "1e3", "inf", "nan", "1:30", "5m30s", "٣",
    ])
    func everythingElseIsNone(_ argument: String) {
        #expect(TimeSpan(argument: argument) == nil)
    }

    @Test(arguments: ["300s", "1s", "500ms", "1500ms"])
    func theDescriptionIsReadBackTheSame(_ argument: String) throws {
        let span = try #require(TimeSpan(argument: argument))
        #expect(TimeSpan(argument: span.description)?.duration == span.duration)
    }
}
