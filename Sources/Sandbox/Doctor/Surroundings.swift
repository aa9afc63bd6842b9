/// What this process runs in, where that restricts what it may do. Each has a way of its own to lift a restriction.
enum Surroundings: String, Encodable, Sendable {
    case host
    case docker
    case podman
    case kubernetes
    /// Another container: systemd-nspawn, LXC, ...
    case container
    /// A service that systemd started.
    case service

    /// Guesses by what the engines leave (container-interface of systemd; podman-run(1)).
    ///
    /// - Parameters:
    ///   - apart: Whether this process has a pid namespace or a root file system as containers have them: an image
    ///     that became a machine of its own keeps an engine's files.
    ///   - files: Those of /.dockerenv and /run/.containerenv that are there.
    ///   - variables: This process's environment.
    ///   - manager: /run/systemd/container, which systemd writes inside a container, or "".
    ///   - groups: /proc/self/cgroup and /proc/1/cgroup.
    /// - Returns: The likeliest.
    static func guess(
        apart: Bool, files: Set<String>, variables: Set<String>, manager: String, groups: String
    ) -> Surroundings {
        if apart, let engine = engine(files: files, variables: variables, manager: manager, groups: groups) {
            return engine
        }
        // `user@1000.service` and what runs below it is a person's session.
        let own = groups.split(separator: "\n").filter { $0.contains(".service") && !$0.contains("user@") }
        return variables.contains("INVOCATION_ID") && !own.isEmpty ? .service : .host
    }

    private static func engine(
        files: Set<String>, variables: Set<String>, manager: String, groups: String
    ) -> Surroundings? {
        if variables.contains("KUBERNETES_SERVICE_HOST") || groups.contains("kubepods") { return .kubernetes }
        if files.contains("/run/.containerenv") || manager == "podman" { return .podman }
        if files.contains("/.dockerenv") || manager == "docker" || groups.contains("/docker") { return .docker }
        return !manager.isEmpty || groups.contains("/lxc") ? .container : nil
    }

    var isContainer: Bool { self != .host && self != .service }

    var title: String {
        switch self {
        case .host: "no container"
        case .docker: "a Docker container"
        case .podman: "a Podman container"
        case .kubernetes: "a Kubernetes pod"
        case .container: "a container"
        case .service: "a systemd service"
        }
    }
}
