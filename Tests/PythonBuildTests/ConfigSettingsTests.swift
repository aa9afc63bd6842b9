import Testing

@testable import PythonBuild

@Suite struct ConfigSettingsTests {
    @Test(arguments: [
        ([], #"{}"#), (["a=1"], #"{"a":"1"}"#), (["a"], #"{"a":""}"#), (["a="], #"{"a":""}"#),
        (["a=b=c"], #"{"a":"b=c"}"#),
        (["--build-option=-j4"], #"{"--build-option":"-j4"}"#), (["a=1", "b=2", "a=3"], #"{"a":["1","3"],"b":"2"}"#),
        (["a=1", "a=2", "a=1"], #"{"a":["1","2","1"]}"#), (["=x"], #"{"":"x"}"#), (["a=\"\n\\"], #"{"a":"\"\n\\"}"#),
    ])
    func assignmentsMakeAnObject(_ assignments: [String], object: String) throws {
        let settings = ConfigSettings(assignments: assignments)
        #expect(try settings.object() == object)
        #expect(settings.options == assignments.map { "--config-setting=\($0)" })
    }

    @Test func jsonIsPassedOnAsItIs() throws {
        let settings = ConfigSettings.json(#"{"a": [1, true]}"#)
        #expect(try settings.object() == #"{"a": [1, true]}"#)
        #expect(settings.options == [#"--config-json={"a": [1, true]}"#])
    }
}
