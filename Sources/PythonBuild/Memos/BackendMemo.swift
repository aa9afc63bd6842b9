import FoundationEssentials
import Linux
import Sandbox
import SystemPackage

/// What a build backend asked for beyond what its project declares (PEP 517, get_requires_for_build_*), kept in two ways.
///
/// Of a folder, only which steps' hooks asked for anything: that decides where to begin, and nothing else. A folder can
/// change under its digest, and what one project's owner says must never name another's requirements.
///
/// Of a source distribution in quarantine, which nobody changes any more, the answer itself, under everything that its
/// hook could see: the file, its environment, the settings and variables, the profile and limits, and the programs on PATH.
struct BackendMemo {
    private struct Answer: Codable {
        var requires: [String]
        /// Since the epoch.
        var seconds: Int
    }

    let state: StateFolder
    /// A hook may look at what no digest covers, such as the date: no answer is older than this many seconds.
    static let freshness = 24 * 60 * 60

    /// Tells the programs on PATH from others: a folder changes when one comes, goes or is replaced by another.
    static func programs(on path: String) -> [String] {
        path.split(separator: ":").map { folder in
            let facts = FileFacts.ifAny(of: String(folder))
            return "\(folder) \(facts.map { "\($0.device) \($0.inode) \($0.changed)" } ?? "none")"
        }
    }

    private var steps: Memo<[DistributionKind]> { Memo(state: state, kind: "steps") }
    private var answers: Memo<Answer> { Memo(state: state, kind: "answer") }

    /// The steps that asked when this was last built; empty where that is not known.
    func askingSteps(_ question: String?) -> [DistributionKind] { question.flatMap(steps.find) ?? [] }

    func keep(askingSteps asking: [DistributionKind], as question: String?) {
        guard let question else { return }
        steps.keep(asking, as: question)
    }

    /// The answer to a question of this digest, unchecked; nil where there is none lately.
    func answer(_ question: String?, now: Date = Date()) -> [String]? {
        guard let question, let answer = answers.find(question) else { return nil }
        let age = Int(now.timeIntervalSince1970) - answer.seconds
        return (0...Self.freshness).contains(age) ? answer.requires : nil
    }

    func keep(answer requires: [String], as question: String?, now: Date = Date()) {
        guard let question else { return }
        answers.keep(Answer(requires: requires, seconds: Int(now.timeIntervalSince1970)), as: question)
    }
}

extension BuildRun {
    var backendMemo: BackendMemo { BackendMemo(state: context.state) }

    /// The digest of what decides where a build of this folder begins: besides what the project declares, the files in
    /// which setuptools finds what its hooks ask for, so that projects that declare the same are told apart.
    func stepsQuestion(of source: Source, _ interpreter: Interpreter) throws(BuildFailure) -> String? {
        guard let marks = ProjectMarks(of: source) else { return nil }
        let settings = try request.configSettings.object()
        return hexadecimalDigest([marks.digest, interpreter.digest, settings] + ProjectMarks.setupDigests(of: source))
    }

    /// The digest of everything that a hook's answer can depend on; nil where not all of that can be told.
    func answerQuestion(
        _ kind: DistributionKind, of source: Source, _ interpreter: Interpreter, in environment: BuildEnvironment
    ) throws(BuildFailure) -> String? {
        guard let sdist = source.digest, let stored = environment.digest, request.readOnlyPaths.isEmpty else {
            return nil
        }
        let variables = variables(in: environment)
        return hexadecimalDigest(
            [
                kind.rawValue, sdist, source.name, stored, interpreter.digest, profiles.project.digest,
                "\(limits(under: profiles.project))", "\(request.allowMissing)",
                try request.configSettings.object(), context.toolchain.folder.string,
                hexadecimalDigest(of: ContainedScript.requires.bytes),
            ] + variables.map { "\($0.key)=\($0.value)" }.sorted() + ["programs"]
                + BackendMemo.programs(on: variables["PATH"] ?? ""))
    }
}
