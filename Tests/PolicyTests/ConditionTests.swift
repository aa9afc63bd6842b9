import Testing

@testable import Policy

@Suite struct ConditionTests {
    struct Row: CustomTestStringConvertible {
        let condition: String
        let arguments: String
        /// As a condition of `require`, the call goes through.
        let requireAllows: Bool
        /// As a condition of `deny_if`, the call is denied.
        let denyIfDenies: Bool

        init(_ condition: String, _ arguments: String, allows: Bool, denies: Bool) {
            self.condition = condition
            self.arguments = arguments
            requireAllows = allows
            denyIfDenies = denies
        }

        var testDescription: String { "\(condition) on \(arguments)" }
    }

    static let rows: [Row] = [
        // Known to hold, known to fail: the two lists are each other's opposite.
        Row(#""eq","value":"x""#, #"{"a":"x"}"#, allows: true, denies: true),
        Row(#""eq","value":"x""#, #"{"a":"y"}"#, allows: false, denies: false),
        Row(#""eq","value":1"#, #"{"a":1.0}"#, allows: true, denies: true),
        Row(#""eq","value":9007199254740993"#, #"{"a":9007199254740992}"#, allows: false, denies: false),
        Row(#""eq","value":true"#, #"{"a":true}"#, allows: true, denies: true),
        Row(#""eq","value":[1,"x"]"#, #"{"a":[1,"x"]}"#, allows: true, denies: true),
        Row(#""eq","value":{"k":1}"#, #"{"a":{"k":1}}"#, allows: true, denies: true),
        Row(#""eq","value":{"k":1}"#, #"{"a":{"k":1,"l":2}}"#, allows: false, denies: false),
        Row(#""neq","value":"x""#, #"{"a":"y"}"#, allows: true, denies: true),
        Row(#""neq","value":"x""#, #"{"a":"x"}"#, allows: false, denies: false),
        Row(#""in","value":["x","y"]"#, #"{"a":"y"}"#, allows: true, denies: true),
        Row(#""in","value":["x","y"]"#, #"{"a":"z"}"#, allows: false, denies: false),
        Row(#""in","value":["x",1]"#, #"{"a":1}"#, allows: true, denies: true),
        Row(#""not_in","value":["x","y"]"#, #"{"a":"z"}"#, allows: true, denies: true),
        Row(#""not_in","value":["x","y"]"#, #"{"a":"x"}"#, allows: false, denies: false),
        Row(#""lt","value":5"#, #"{"a":4}"#, allows: true, denies: true),
        Row(#""lt","value":5"#, #"{"a":5}"#, allows: false, denies: false),
        Row(#""lte","value":5"#, #"{"a":5}"#, allows: true, denies: true),
        Row(#""lte","value":5"#, #"{"a":5.5}"#, allows: false, denies: false),
        Row(#""gt","value":-1"#, #"{"a":0}"#, allows: true, denies: true),
        Row(#""gt","value":-1"#, #"{"a":-1}"#, allows: false, denies: false),
        Row(#""gte","value":18446744073709551615"#, #"{"a":18446744073709551615}"#, allows: true, denies: true),
        Row(#""gte","value":18446744073709551615"#, #"{"a":18446744073709551614}"#, allows: false, denies: false),
        Row(#""regex","value":"^/srv/""#, #"{"a":"/srv/x"}"#, allows: true, denies: true),
        Row(#""regex","value":"^/srv/""#, #"{"a":"/home/srv/"}"#, allows: false, denies: false),
        Row(#""contains","value":"..""#, #"{"a":"/srv/../etc"}"#, allows: true, denies: true),
        Row(#""contains","value":"..""#, #"{"a":"/srv"}"#, allows: false, denies: false),
        Row(#""contains","value":"-v""#, #"{"a":["-s","-v"]}"#, allows: true, denies: true),
        Row(#""contains","value":"-v""#, #"{"a":["-s","-vv"]}"#, allows: false, denies: false),
        Row(#""contains","value":2"#, #"{"a":[1,2.0]}"#, allows: true, denies: true),
        Row(#""exists""#, #"{"a":0}"#, allows: true, denies: true),
        Row(#""exists""#, #"{}"#, allows: false, denies: false),
        Row(#""exists","value":true"#, #"{"a":null}"#, allows: false, denies: false),
        Row(#""exists","value":false"#, #"{"a":null}"#, allows: true, denies: true),
        Row(#""exists","value":false"#, #"{"a":false}"#, allows: false, denies: false),

        // Missing: nothing is required of nothing, and it is not equal to anything.
        Row(#""eq","value":"x""#, "{}", allows: false, denies: false),
        Row(#""neq","value":"x""#, "{}", allows: false, denies: true),
        Row(#""neq","value":"x""#, #"{"a":null}"#, allows: false, denies: true),
        Row(#""in","value":["x"]"#, "{}", allows: false, denies: false),
        Row(#""not_in","value":["x"]"#, "{}", allows: false, denies: true),
        Row(#""lt","value":5"#, "{}", allows: false, denies: false),
        Row(#""lte","value":5"#, #"{"a":null}"#, allows: false, denies: false),
        Row(#""gt","value":5"#, "{}", allows: false, denies: false),
        Row(#""gte","value":5"#, "{}", allows: false, denies: false),
        Row(#""regex","value":".*""#, "{}", allows: false, denies: false),
        Row(#""contains","value":"x""#, "{}", allows: false, denies: false),

        // Another kind: it cannot be told, so both refuse.
        Row(#""eq","value":true"#, #"{"a":"true"}"#, allows: false, denies: true),
        Row(#""eq","value":"1""#, #"{"a":1}"#, allows: false, denies: true),
        Row(#""neq","value":true"#, #"{"a":"true"}"#, allows: false, denies: true),
        Row(#""in","value":["x"]"#, #"{"a":["x"]}"#, allows: false, denies: true),
        Row(#""not_in","value":["x"]"#, #"{"a":["x"]}"#, allows: false, denies: true),
        Row(#""lt","value":5"#, #"{"a":"4"}"#, allows: false, denies: true),
        Row(#""lte","value":5"#, #"{"a":[]}"#, allows: false, denies: true),
        Row(#""gt","value":5"#, #"{"a":"6"}"#, allows: false, denies: true),
        Row(#""gte","value":5"#, #"{"a":{}}"#, allows: false, denies: true),
        Row(#""regex","value":"x""#, #"{"a":["x"]}"#, allows: false, denies: true),
        Row(#""regex","value":"x""#, #"{"a":5}"#, allows: false, denies: true),
        Row(#""contains","value":"x""#, #"{"a":5}"#, allows: false, denies: true),
        Row(#""contains","value":5"#, #"{"a":"5"}"#, allows: false, denies: true),

        // Bytes count: a mark that joins the last dot must not hide it, and two spellings are two names.
        Row(#""contains","value":"..""#, #"{"a":"..\u0301/x"}"#, allows: true, denies: true),
        Row(#""eq","value":"\u00e9""#, #"{"a":"e\u0301"}"#, allows: false, denies: false),
        Row(#""regex","value":"^\u00e9$""#, #"{"a":"e\u0301"}"#, allows: false, denies: false),
        // A newline at the end is not the end.
        Row(#""regex","value":"^x$""#, #"{"a":"x\n"}"#, allows: false, denies: false),
    ]

    @Test(arguments: rows)
    func operatorsMeanWhatTheySay(row: Row) throws {
        let condition = "{\"path\":\"args.a\",\"op\":\(row.condition)}"
        let require = try Policy.building("{\"require\":[\(condition)]}").decide(row.arguments)
        #expect((require.outcome == .allow) == row.requireAllows, "\(require.reason)")
        let denyIf = try Policy.building("{\"deny_if\":[\(condition)]}").decide(row.arguments)
        #expect((denyIf.outcome == .deny) == row.denyIfDenies, "\(denyIf.reason)")
        if require.outcome == .deny { #expect(require.rule == "/tools/python_build/require/0") }
        if denyIf.outcome == .deny { #expect(denyIf.rule == "/tools/python_build/deny_if/0") }
    }

    @Test func everyOperatorIsInTheTable() {
        for name in ConditionOperator.Name.allCases {
            #expect(Self.rows.contains { $0.condition.hasPrefix("\"\(name.rawValue)\"") }, "\(name)")
        }
    }

    @Test(arguments: [
        ("args.a.b", #"{"a":{"b":1}}"#, true), ("args.a.b", #"{"a":[1]}"#, false), ("args.a.0", #"{"a":[1]}"#, true),
        ("args.a.1", #"{"a":[1]}"#, false), ("args.a.-1", #"{"a":[1]}"#, false), ("args.a.0", #"{"a":{"0":1}}"#, true),
        ("args.a.b", #"{"a":"b"}"#, false), ("args.a", "[1]", false), ("args.a", "null", false),
    ])
    func aPathLeadsToWhatIsThere(path: String, arguments: String, there: Bool) throws {
        let decision = try Policy.building("{\"require\":[{\"path\":\"\(path)\",\"op\":\"exists\"}]}").decide(arguments)
        #expect((decision.outcome == .allow) == there)
    }

    @Test func aTextThatIsTooLongForAPatternIsRefusedByBoth() throws {
        let condition = #"{"path":"args.a","op":"regex","value":"b"}"#
        let fits = "{\"a\":\"\(String(repeating: "b", count: Pattern.longestText))\"}"
        let long = "{\"a\":\"\(String(repeating: "b", count: Pattern.longestText + 1))\"}"
        let none = "{\"a\":\"\(String(repeating: "a", count: Pattern.longestText + 1))\"}"
        #expect(try Policy.building("{\"require\":[\(condition)]}").decide(fits).outcome == .allow)
        #expect(try Policy.building("{\"require\":[\(condition)]}").decide(long).outcome == .deny)
        #expect(try Policy.building("{\"deny_if\":[\(condition)]}").decide(none).outcome == .deny)
    }

    @Test func theReasonIsThePolicysOwnOrSaysWhatIsWanted() throws {
        let rule = #"{"require":[{"path":"args.timeout","op":"lte","value":1000,"reason":"be quick"}]}"#
        #expect(try Policy.building(rule).decide(#"{"timeout":2000}"#).reason == "be quick")
        let plain = #"{"require":[{"path":"args.timeout","op":"lte","value":1000}]}"#
        #expect(
            try Policy.building(plain).decide(#"{"timeout":2000}"#).reason
                == "the policy requires args.timeout lte 1000")
        #expect(
            try Policy.building(plain).decide(#"{"timeout":"2"}"#).reason
                == "the policy requires args.timeout lte 1000, which cannot be told: it is a string, no number")
    }
}
