import Glibc
import SystemPackage

func isExecutable(_ path: FilePath) -> Bool {
    access(path.string, X_OK) == 0
}

func exists(_ path: FilePath) -> Bool {
    access(path.string, F_OK) == 0
}
