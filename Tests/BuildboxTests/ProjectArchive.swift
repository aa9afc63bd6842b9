import SystemPackage

/// Archives of project folders, made by the escape suite's own writers.
enum ProjectArchive {
    static let endings = ["tar.gz", "tgz", "tar.zst", "zip"]

    /// `top` goes before every name, such as `hello-main/`; the name of `file` ends like the format.
    static func make(of project: FilePath, top: String = "", at file: FilePath) throws {
        let program = """
            import pathlib, sys
            sys.path.insert(0, sys.argv[1])
            import packed
            form = {"tgz": "tar.gz"}.get(sys.argv[5], sys.argv[5])
            members = packed.project(pathlib.Path(sys.argv[2]), sys.argv[3])
            pathlib.Path(sys.argv[4]).write_bytes(packed.pack(members, form))
            """
        let ending = endings.first { file.string.hasSuffix(".\($0)") } ?? ""
        try EndToEnd.host([
            "/usr/bin/python3", "-B", "-c", program, EndToEnd.repository.appending("Tests/Escape").string,
            project.string, top, file.string, ending,
        ])
    }

    /// What artifacts hold, but for the times of what was written while they were built: a line a member, with its
    /// mode, its digest and, for the project's own files, its time.
    static func contents(of artifact: FilePath) throws -> [String] {
        let program = """
            import hashlib, sys, tarfile, zipfile
            def made(name): return any(part.endswith((".dist-info", ".egg-info")) for part in name.split("/"))
            def line(name, mode, data, time):
                print(name, oct(mode), hashlib.sha256(data).hexdigest()[:16], "" if made(name) else time)
            if sys.argv[1].endswith(".whl"):
                with zipfile.ZipFile(sys.argv[1]) as archive:
                    for info in archive.infolist():
                        line(info.filename, info.external_attr >> 16, archive.read(info), info.date_time)
            else:
                with tarfile.open(sys.argv[1]) as archive:
                    for member in archive:
                        data = archive.extractfile(member).read() if member.isfile() else b""
                        top = member.name.count("/") < 2 and member.name.endswith(("PKG-INFO", "setup.cfg"))
                        line(member.name, member.mode, data, member.mtime if member.isfile() and not top else "")
            """
        let text = try EndToEnd.host(["/usr/bin/python3", "-c", program, artifact.string])
        return text.split(separator: "\n").map(String.init).sorted()
    }
}
