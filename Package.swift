// swift-tools-version: 6.2
import PackageDescription

/// One set of rules for every Swift target: see "House rules" in ARCHITECTURE.md.
let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// Tests are compiled quickly also beside a release build, which they are run on: only what they test is optimised.
let testSettings = swiftSettings + [.unsafeFlags(["-Onone"], .when(configuration: .release))]

/// Runs where there is no Swift. `swift build --static-swift-stdlib` does the same to every module, and the tests, which
/// need Swift Testing's shared library, could not be built with them: compiled modules name the libraries they were
/// compiled against, so what a static Foundation consists of is named here.
let foundationArchives = [
    "Foundation", "CoreFoundation", "FoundationInternationalization", "FoundationEssentials", "_FoundationICU",
    "_FoundationCShims", "_FoundationCollections",
].map { "-l\($0)" }

let package = Package(
    name: "buildbox",
    products: [
        .executable(name: "buildbox", targets: ["buildbox"]),
        .executable(name: "buildbox-launcher", targets: ["buildbox-launcher"]),
        .library(name: "Sandbox", targets: ["Sandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        .executableTarget(
            name: "buildbox",
            dependencies: ["CommandLineInterface"],
            swiftSettings: swiftSettings,
            linkerSettings: [.unsafeFlags(["-static-stdlib"] + foundationArchives)]
        ),
        .target(
            name: "CommandLineInterface",
            dependencies: [
                "HTTPAPI", "MCPServer", "BuildClient", "BuildService", "BuildAPI", "Policy", "PythonBuild", "Sandbox",
                "SandboxProtocol", "SourceText",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "HTTPAPI",
            dependencies: [
                "MCPServer", "BuildService", "BuildAPI", "Policy", "PythonBuild", "Linux", "SourceText",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            resources: [.embedInCode("openapi.json")],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "MCPServer",
            dependencies: [
                "BuildService", "BuildAPI", "Policy", "PythonBuild", "Sandbox", "SourceText", "Linux", "CLinux",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            resources: [.embedInCode("tools.json")],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "BuildClient",
            dependencies: [
                "BuildAPI", "PythonBuild", "SourceText", "Linux", "CLinux", "CZlib",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "BuildService",
            dependencies: [
                "BuildAPI", "Policy", "PythonBuild", "Sandbox", "SandboxProtocol", "SourceText", "Linux", "CLinux",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Policy",
            dependencies: [
                "BuildAPI", "SourceText",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(name: "BuildAPI", dependencies: ["PythonBuild"], swiftSettings: swiftSettings),
        .target(
            name: "PythonBuild",
            dependencies: [
                "EgressProxy", "Sandbox", "SandboxProtocol", "SourceText", "Linux", "CLinux",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            resources: [.embedInCode("Contained")],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "Sandbox",
            dependencies: [
                "SandboxProtocol", "SourceText", "Linux", "CLinux", "CLibseccomp",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(
            name: "EgressProxy",
            dependencies: [
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: swiftSettings
        ),
        .target(name: "SandboxProtocol", swiftSettings: swiftSettings),
        .target(name: "SourceText", swiftSettings: swiftSettings),
        .target(name: "Linux", swiftSettings: swiftSettings),
        .executableTarget(
            name: "buildbox-launcher",
            dependencies: ["SandboxProtocol", "Linux", "CLinux", "CLibcap"],
            swiftSettings: swiftSettings,
            linkerSettings: [.unsafeFlags(["-static-executable"])]
        ),
        .target(name: "CLinux", cSettings: [.define("_GNU_SOURCE"), .treatAllWarnings(as: .error)]),
        .systemLibrary(name: "CLibseccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
        .systemLibrary(name: "CLibcap", pkgConfig: "libcap", providers: [.apt(["libcap-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        .target(
            name: "CTestSupport", path: "Tests/CTestSupport",
            cSettings: [.define("_GNU_SOURCE"), .treatAllWarnings(as: .error)]
        ),
        .target(
            name: "TestSupport",
            dependencies: [.product(name: "SystemPackage", package: "swift-system")],
            path: "Tests/TestSupport",
            swiftSettings: swiftSettings
        ),
        // No test target depends on the launcher: its linker flag would reach the test bundle. Tests run
        // the executable that the same build leaves beside them.
        .testTarget(
            name: "SandboxProtocolTests", dependencies: ["SandboxProtocol", "TestSupport"], swiftSettings: testSettings
        ),
        .testTarget(
            name: "SourceTextTests", dependencies: ["SourceText", "TestSupport"], swiftSettings: testSettings
        ),
        .testTarget(
            name: "SandboxTests",
            dependencies: [
                "Sandbox", "SandboxProtocol", "SourceText", "Linux", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "PythonBuildTests",
            dependencies: [
                "BuildAPI", "EgressProxy", "Linux", "PythonBuild", "Sandbox", "SourceText", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["provision_check.py"],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "EgressProxyTests",
            dependencies: [
                "EgressProxy", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: testSettings
        ),
        // A service that tests kill.
        .executableTarget(
            name: "service-fixture",
            dependencies: [
                "BuildService", "BuildAPI", "PythonBuild", "Sandbox",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            path: "Tests/ServiceFixture",
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "PolicyTests",
            dependencies: [
                "Policy", "BuildAPI", "SourceText", "TestSupport",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "BuildServiceTests",
            dependencies: [
                "BuildService", "BuildAPI", "Policy", "PythonBuild", "Sandbox", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "HTTPAPITests",
            dependencies: [
                "HTTPAPI", "BuildAPI", "BuildService", "PythonBuild", "Sandbox", "SourceText", "TestSupport",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "MCPServerTests",
            dependencies: [
                "MCPServer", "BuildAPI", "BuildService", "Policy", "PythonBuild", "SourceText", "TestSupport",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "BuildClientTests",
            dependencies: [
                "BuildClient", "BuildAPI", "PythonBuild", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "FuzzTests",
            dependencies: [
                "EgressProxy", "HTTPAPI", "MCPServer", "Policy", "PythonBuild", "Sandbox", "SandboxProtocol",
                "SourceText",
                "CLinux", "Linux", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["archive_judge.py"],
            swiftSettings: testSettings
        ),
        .testTarget(
            name: "BuildboxTests",
            dependencies: [
                "CommandLineInterface", "BuildAPI", "BuildClient", "PythonBuild", "Sandbox", "SandboxProtocol",
                "SourceText", "TestSupport", "CTestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            exclude: ["Snapshots", "loopback_index.py"],
            swiftSettings: testSettings
        ),
    ]
)
