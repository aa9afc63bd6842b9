import Testing

@testable import Sandbox

@Suite struct CgroupMountTests {
    static let unified = """
        25 30 0:23 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
        35 25 0:30 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
        """

    static let hybrid = """
        32 25 0:28 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:9 - tmpfs tmpfs ro,size=4096k,nr_inodes=1024,mode=755
        33 32 0:29 / /sys/fs/cgroup/unified rw,nosuid,nodev,noexec,relatime shared:10 - cgroup2 cgroup2 rw
        34 32 0:30 / /sys/fs/cgroup/systemd rw,nosuid shared:11 - cgroup cgroup rw,xattr,name=systemd
        38 32 0:34 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:16 - cgroup cgroup rw,cpu,cpuacct
        40 32 0:36 / /sys/fs/cgroup/memory rw,nosuid shared:18 master:2 - cgroup cgroup rw,memory
        """

    static let container = """
        1201 1192 0:69 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime - tmpfs tmpfs rw,mode=755,inode64
        1213 1201 0:37 /docker/0123abcd /sys/fs/cgroup/pids ro,nosuid,nodev,noexec,relatime master:20 - cgroup cgroup rw,pids
        """

    @Test func aUnifiedHierarchyIsOneMount() throws {
        let mounts = CgroupMount.parse(Self.unified)
        #expect(mounts.map(\.path) == ["/sys/fs/cgroup"])
        let mount = try #require(mounts.first)
        #expect(mount.unified)
        #expect(mount.root == "/")
    }

    @Test func aHybridHostHasAMountForEachController() {
        let mounts = CgroupMount.parse(Self.hybrid)
        #expect(mounts.map(\.unified) == [true, false, false, false])
        #expect(mounts.filter { $0.controllers.contains("cpuacct") }.map(\.path) == ["/sys/fs/cgroup/cpu,cpuacct"])
        #expect(mounts.filter { $0.controllers.contains("memory") }.map(\.path) == ["/sys/fs/cgroup/memory"])
        #expect(!mounts.contains { $0.controllers.contains("pids") })
    }

    @Test func aContainersMountShowsItsOwnGroupAsRoot() throws {
        let mounts = CgroupMount.parse(Self.container)
        #expect(mounts.map(\.root) == ["/docker/0123abcd"])
        let mount = try #require(mounts.first)
        #expect(mount.controllers.contains("pids"))
    }

    @Test(arguments: [
        ("/", "/", "/mnt"), ("/", "/user.slice/a", "/mnt/user.slice/a"), ("/docker/1", "/docker/1", "/mnt"),
        ("/docker/1", "/docker/1/job", "/mnt/job"), ("/docker/1", "/", "/mnt"),
    ])
    func aGroupLiesBelowTheMountThatShowsIt(root: String, place: String, path: String) {
        #expect(mount(root: root).path(of: CgroupPlace(path: place, unified: false, controllers: [])) == path)
    }

    @Test func aRootThatOnlyBeginsAlikeIsNotAPrefix() {
        let neighbour = CgroupPlace(path: "/docker/12/job", unified: false, controllers: [])
        #expect(mount(root: "/docker/1").path(of: neighbour) == "/mnt/docker/12/job")
    }

    @Test func aMountPointWithASpaceIsDecoded() {
        let line = #"35 25 0:30 / /mnt/my\040groups rw shared:9 - cgroup2 cgroup2 rw"#
        #expect(CgroupMount.parse(line).map(\.path) == ["/mnt/my groups"])
    }

    @Test(arguments: [
        "", "\n\n", "35 25 0:30 / /sys/fs/cgroup rw", " - cgroup2 cgroup2 rw", "35 - cgroup cgroup rw,cpu",
    ])
    func whatIsNoMountIsPassedOver(_ text: String) {
        #expect(CgroupMount.parse(text).isEmpty)
        #expect(CgroupMount.parse(text + "\n" + Self.unified).count == 1)
    }

    private func mount(root: String) -> CgroupMount {
        CgroupMount(path: "/mnt", root: root, unified: false, controllers: [])
    }
}
