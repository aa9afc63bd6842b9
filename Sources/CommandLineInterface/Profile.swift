import ArgumentParser

/// `buildbox profile`: what the sandbox's profiles are.
struct Profile: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Check, list and show sandbox profiles.",
        discussion: """
            A profile says what of the kernel and of the host a contained command may use. Names are looked for in \
            $BUILDBOX_PROFILES, $XDG_CONFIG_HOME/buildbox/profiles (~/.config/buildbox/profiles), \
            /etc/buildbox/profiles and where buildbox is installed; the first folder that has a name counts.

            EXAMPLES
              buildbox profile list
              buildbox profile show strict
              buildbox profile check ./mine.json && buildbox run --profile ./mine.json ./proj
            """,
        subcommands: [ProfileCheck.self, ProfileList.self, ProfileShow.self]
    )
}
