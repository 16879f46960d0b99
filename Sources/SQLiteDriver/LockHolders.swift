internal import Databases
internal import Foundation

/// The processes that hold locks on a database file, from the kernel's list of locks.
///
/// Only Linux has such a list. Opening the file to ask for its locks would drop this process's own ones.
enum LockHolders {
    /// The holders as text, such as `process 4711 (python) on host a`, or nil if none are known.
    static func describe(path: String) -> String? {
        guard let locks = try? String(contentsOfFile: "/proc/locks", encoding: .utf8) else { return nil }
        let files = [path, path + "-shm"].compactMap(identity)
        var holders: Set<Int32> = []
        for line in locks.split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            guard fields.count >= 6, files.contains(String(fields[5])), let process = Int32(fields[4]) else { continue }
            holders.insert(process)
        }
        let own = holders.remove(ProcessInfo.processInfo.processIdentifier)
        guard !holders.isEmpty else { return own == nil ? nil : "this process" }
        return holders.sorted().map { "process \($0)" + name($0) }.joined(separator: ", ")
            + " on host \(LockTimeout.host)"
    }

    /// Device and inode as the list spells them.
    private static func identity(_ path: String) -> String? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let device = attributes[.systemNumber] as? UInt64 ?? (attributes[.systemNumber] as? Int).map(UInt64.init),
            let inode = attributes[.systemFileNumber] as? UInt64
                ?? (attributes[.systemFileNumber] as? Int).map(UInt64.init)
        else { return nil }
        let major = device >> 8 & 0xFFF | device >> 32 & ~0xFFF
        let minor = device & 0xFF | device >> 12 & ~0xFF
        return twoDigits(major) + ":" + twoDigits(minor) + ":\(inode)"
    }

    private static func twoDigits(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return text.count < 2 ? "0" + text : text
    }

    private static func name(_ process: Int32) -> String {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8) else { return "" }
        return " (\(text.trimmingCharacters(in: .whitespacesAndNewlines)))"
    }
}
