import SandboxProtocol

/// What a profile file says, when nothing is wrong with it.
struct ProfileContents {
    var name: String
    var description: String
    var seccomp: SeccompRules
    var readOnly: [String]
    var hidden: [String]
    var maskedPaths: [String]
    var readonlyPaths: [String]
    var landlock: LandlockRules
    var limits: LimitSettings
    var required: LayerSet
    var whereAvailable: LayerSet
}
