import ArgumentParser
import BuildAPI
import Foundation
import PythonBuild
import Sandbox
import SourceText
import SystemPackage

extension BuildDocument {
    /// The request that the options of a command line make.
    ///
    /// - Throws: ValidationError for what a server cannot be asked, or a constraints file that cannot be read.
    init(
        build: BuildOptions, variables: [String: String], limits: LimitOptions, job: SubmitOptions
    ) throws {
        self.init()
        if !build.distributions.isEmpty {
            sdist = build.distributions.contains(.sdist)
            wheel = build.distributions.contains(.wheel)
        }
        if build.noIsolation { noIsolation = true }
        if build.skipDependencyCheck { skipDependencyCheck = true }
        configSettings = try Self.settings(build)
        if let file = build.dependencyConstraintsTxt { dependencyConstraints = try Self.text(of: file) }
        let verbosity = build.verbose - build.quiet
        if verbosity != 0 { self.verbosity = min(2, max(-2, verbosity)) }
        if let python = build.python {
            guard !python.contains("/") else {
                throw ValidationError("--python: a server takes a version such as 3.12, no path of yours")
            }
            self.python = python
        }
        if !variables.isEmpty { environment = variables }
        if build.offline { offline = true }
        if limits.profile != "build" {
            guard !limits.profile.contains("/") else {
                throw ValidationError("--profile: a server takes the name of a profile that it has, no path of yours")
            }
            profile = limits.profile
        }
        self.limits = LimitsDocument(limits)
        priority = job.priority
        queueTimeoutS = job.queueTimeout.map { Self.seconds($0.duration) }
        runTimeoutS = job.runTimeout.map { Self.seconds($0.duration) }
    }

    private static func seconds(_ duration: Duration) -> Int { Int((duration / .seconds(1)).rounded(.up)) }

    private static func settings(_ build: BuildOptions) throws -> [String: SettingValue]? {
        if let json = build.configJson {
            do {
                return try JSONDecoder().decode([String: SettingValue].self, from: Data(json.utf8))
            } catch {
                throw ValidationError("--config-json: a server takes an object of strings and arrays of strings")
            }
        }
        var settings: [String: SettingValue] = [:]
        for assignment in build.configSetting {
            let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let (key, value) = (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
            settings[key] =
                switch settings[key] {
                case nil: .one(value)
                case .one(let first): .many([first, value])
                case .many(let values): .many(values + [value])
                }
        }
        return settings.isEmpty ? nil : settings
    }

    private static func text(of file: String) throws -> String {
        do {
            return try String(contentsOfFile: absolute(file).string, encoding: .utf8)
        } catch {
            throw ValidationError("--dependency-constraints-txt: cannot read \(file): \(error.localizedDescription)")
        }
    }
}

extension LimitsDocument {
    /// Nil where no limit was given: the server's profile has them all.
    init?(_ options: LimitOptions) {
        let limits = options.limits
        self.init()
        timeMs = limits.time.map { UInt64($0 / .milliseconds(1)) }
        cpuTimeMs = limits.cpuTime.map { UInt64($0 / .milliseconds(1)) }
        memoryBytes = limits.memoryBytes
        diskBytes = limits.diskBytes
        pids = limits.pids
        cpus = limits.cpus
        logBytes = limits.logBytes
        onLogLimit = limits.logOverflow?.rawValue
        if self == LimitsDocument() { return nil }
    }
}
