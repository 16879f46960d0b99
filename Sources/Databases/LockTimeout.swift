internal import Foundation
package import StewardCore

/// How long connections wait for locks.
package enum LockTimeout {
    /// Name of the environment variable with the longest wait for a lock in seconds.
    package static let variable = "STEWARD_LOCK_TIMEOUT"

    /// Name of this machine, for messages.
    package static let host: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }()

    /// The wait that holds: the one given, else the environment's, else that of the reference.
    ///
    /// - Parameters:
    ///   - given: A wait set by the caller.
    ///   - environment: The process's environment.
    /// - Returns: The longest wait.
    /// - Throws: `ButlerError` with `.configuration` if the environment's value is no number of seconds.
    package static func resolve(
        _ given: Duration?,
        _ environment: [String: String]
    ) throws(ButlerError) -> Duration {
        if let given { return given }
        guard let text = environment[variable] else { return .seconds(300) }
        guard let seconds = Double(text), seconds >= 0, seconds <= 1e6 else {
            throw ButlerError(
                .configuration,
                "The environment variable \(variable) is \"\(text)\", which is no number of seconds.",
                remedy: "Set it to a number from 0 to 1000000, or unset it."
            )
        }
        return .seconds(seconds)
    }
}
