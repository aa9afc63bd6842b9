import BuildAPI
import Testing

@testable import Policy

@Suite struct DecisionTests {
    /// Each step has a policy in which every later step would deny too.
    @Test func theStepsComeInTheirOrder() throws {
        let deny = #""deny_if":[{"path":"args.a","op":"exists"}]"#
        let require = #""require":[{"path":"args.b","op":"exists"}]"#
        let build = #""limits_on_build":{"memory":"1GiB"}"#
        let approval = #""action":"require_approval""#
        let arguments = #"{"a":1,"memory":"2GiB"}"#
        func rule(_ members: String...) -> String { "{\(members.joined(separator: ","))}" }
        let hidden = try Policy.of(
            #""default":"deny","hide":["python_build"],"tools":{"python_build":{"action":"deny"}}"#)
        #expect(try hidden.decide(arguments).rule == "/hide/0")
        #expect(try Policy.of(#""default":"deny""#).decide(arguments).rule == "/default")
        let denied = try Policy.building(rule(#""action":"deny""#, deny, require, build))
        #expect(try denied.decide(arguments).rule == "/tools/python_build/action")
        let required = try Policy.building(rule(approval, deny, require, build))
        #expect(try required.decide(arguments).rule == "/tools/python_build/require/0")
        let deniedIf = try Policy.building(rule(approval, deny, build))
        #expect(try deniedIf.decide(arguments).rule == "/tools/python_build/deny_if/0")
        let large = try Policy.building(rule(approval, build))
        #expect(try large.decide(arguments).rule == "/tools/python_build/limits_on_build/memory")
        let approved = try Policy.building(rule(approval)).decide(arguments)
        #expect(approved.outcome == .requireApproval)
        #expect(approved.rule == "/tools/python_build/action")
        #expect(approved.approval == ApprovalTerms(timeoutSeconds: 3600, approvers: nil))
    }

    @Test func aToolThatIsListedIsAllowedUnderDeny() throws {
        #expect(try Policy.building("{}").decide().outcome == .allow)
        #expect(try Policy.of(#""default":"deny","tools":{"other":{}}"#).decide().outcome == .deny)
    }

    @Test func whatIsNotNamedIsAllowedUnderAllow() throws {
        let policy = try Policy.of(
            #""default":"allow","all_tools":{"limits":[{"counter":"all","window":"day","max":5,"scope":"global"}]}"#)
        let decision = try policy.decide()
        #expect(decision.outcome == .allow)
        #expect(decision.rule == "/default")
        #expect(decision.charges.map(\.limit.pointer) == ["/all_tools/limits/0"])
    }

    @Test func aStarHidesAll() throws {
        for hide in ["\"*\"", "[\"*\"]", "[\"a\",\"*\"]"] {
            let policy = try Policy.of("\"default\":\"allow\",\"hide\":\(hide),\"tools\":{\"python_build\":{}}")
            #expect(try policy.decide().rule == "/hide")
            #expect(policy.hides("python_build_status"))
        }
    }

    @Test func theReasonOfADenialIsThePolicys() throws {
        let decision = try Policy.building(#"{"action":"deny","reason":"not on Sundays"}"#).decide()
        #expect(decision.reason == "not on Sundays")
        #expect(decision.document.decision == .deny)
    }

    @Test(arguments: Policy.companions)
    func companionsFollowTheRuleOfTheBuild(tool: String) throws {
        func decision(_ members: String) throws -> Decision {
            try Policy.of(members).decide(PolicyCall(tool: tool, grant: "g"))
        }
        let limits = #""limits":[{"counter":"c","window":"minute","max":1}]"#
        let all = #""all_tools":{"limits":[{"counter":"all","window":"day","max":1}]}"#
        let conditions = #""require":[{"path":"args.directory","op":"exists"}]"#
        let allowed = try decision(
            "\"default\":\"deny\",\(all),\"tools\":{\"python_build\":{\(limits),\(conditions)}}")
        #expect(allowed.outcome == .allow)
        #expect(allowed.charges.isEmpty)
        #expect(try decision("\"default\":\"allow\",\(all)").charges.isEmpty)
        let approved = try decision(#""default":"deny","tools":{"python_build":{"action":"require_approval"}}"#)
        #expect(approved.outcome == .allow)
        let denied = try decision(#""default":"allow","tools":{"python_build":{"action":"deny"}}"#)
        #expect(denied.rule == "/tools/python_build/action")
        #expect(try decision(#""default":"deny""#).rule == "/default")
        #expect(try decision(#""default":"allow","hide":["python_build"]"#).rule == "/hide/0")
        // Named, it has a rule of its own, which the build's does not touch.
        let own = try decision(
            "\"default\":\"deny\",\(all),\"hide\":[\"python_build\"],\"tools\":{\"\(tool)\":{\(limits)}}")
        #expect(own.outcome == .allow)
        #expect(own.charges.map(\.limit.pointer) == ["/tools/\(tool)/limits/0"])
        #expect(
            try decision("\"default\":\"deny\",\"tools\":{\"python_build\":{},\"\(tool)\":{\"action\":\"deny\"}}")
                .outcome == .deny)
    }

    @Test func aScopeCountsTogetherWhatItSays() throws {
        let limits = LimitScope.allCases.map { #"{"counter":"c","window":"day","max":9,"scope":"\#($0.rawValue)"}"# }
        let policy = try Policy.building("{\"limits\":[\(limits.joined(separator: ","))]}")
        func keys(_ grant: String, session: String? = nil, tenant: String? = nil) -> [CounterKey] {
            policy.decide(PolicyCall(tool: Policy.build, grant: grant, session: session, tenant: tenant)).charges
                .map(\.key)
        }
        let scopes = LimitScope.allCases
        func same(_ left: [CounterKey], _ right: [CounterKey]) -> [LimitScope] {
            zip(scopes, zip(left, right)).filter { $1.0 == $1.1 }.map(\.0)
        }
        #expect(same(keys("a"), keys("b")) == [.tool, .global])
        #expect(same(keys("a", session: "1"), keys("a", session: "2")) == [.grant, .tenant, .tool, .global])
        // A session belongs to its grant, whatever another grant calls its own.
        #expect(same(keys("a", session: "1"), keys("b", session: "1")) == [.tool, .global])
        #expect(same(keys("a", tenant: "t"), keys("b", tenant: "t")) == [.tenant, .tool, .global])
        // Without a session the grant's calls are counted together, and a tenant is not a grant of its name.
        #expect(same(keys("a"), keys("a")) == scopes)
        #expect(same(keys("a"), keys("b", tenant: "a")) == [.tool, .global])
        // Counters of different scopes are different counters.
        #expect(Set(keys("a")).count == scopes.count)
    }

    @Test func theShortFormCountsASessionsCalls() throws {
        let decision = try Policy.building(#"{"rate_limit":{"max":3,"window":10}}"#)
            .decide(PolicyCall(tool: Policy.build, grant: "g", session: "s"))
        let charge = try #require(decision.charges.first)
        #expect(charge.limit.pointer == "/tools/python_build/rate_limit")
        #expect(charge.limit.max == 3 && charge.limit.windowSeconds == 10)
        #expect(charge.key.scope == .session && charge.key.session == "s")
    }

    @Test(
        arguments: [
            (#"{"memory":"4GiB"}"#, nil), (#"{"memory":"4097MiB"}"#, "memory"), (#"{"memory":4294967296}"#, nil),
            (#"{"memory":4294967297}"#, "memory"), (#"{"memory":4294967296.5}"#, "memory"),
            (#"{"memory":"lots"}"#, "memory"),
            (#"{"memory":-1}"#, "memory"), (#"{"memory":true}"#, "memory"), (#"{"memory":null}"#, nil), ("{}", nil),
            (#"{"timeout":600000}"#, nil), (#"{"timeout":600001}"#, "time"), (#"{"timeout":"1"}"#, "time"),
            (#"{"cpus":2}"#, nil), (#"{"cpus":2.01}"#, "cpus"), (#"{"cpus":"2"}"#, "cpus"),
        ] as [(String, String?)])
    func limitsOnBuildBoundWhatACallAsksFor(arguments: String, violated: String?) throws {
        let policy = try Policy.building(#"{"limits_on_build":{"memory":"4GiB","time":"10m","cpus":2}}"#)
        let decision = try policy.decide(arguments)
        if let violated {
            #expect(decision.outcome == .deny)
            #expect(decision.rule == "/tools/python_build/limits_on_build/\(violated)")
        } else {
            #expect(decision.outcome == .allow, "\(decision.reason)")
            #expect(decision.ceiling == BuildCeiling(memoryBytes: 4 << 30, timeMs: 600_000, cpus: 2))
        }
    }

    @Test func approversAreGrantsOrOneCallerOfAGrant() {
        let approvers = ["ops", "platform#alice"]
        #expect(ApprovalTerms.lists(approvers, grant: "ops", subject: "anybody"))
        #expect(ApprovalTerms.lists(approvers, grant: "platform", subject: "alice"))
        #expect(!ApprovalTerms.lists(approvers, grant: "platform", subject: "bob"))
        // A caller who is called like a grant is not that grant.
        #expect(!ApprovalTerms.lists(approvers, grant: "guests", subject: "ops"))
    }

    @Test func aNameWithASlashHasItsPointer() throws {
        let policy = try Policy.of(#""default":"allow","tools":{"a/b~c":{"action":"deny"}}"#)
        #expect(policy.decide(PolicyCall(tool: "a/b~c", grant: "g")).rule == "/tools/a~1b~0c/action")
    }
}
