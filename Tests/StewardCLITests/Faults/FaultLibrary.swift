import Foundation
import Testing

/// The library that lets a call of a program go wrong (`Tests/Peers/faults.c`), compiled once for each test process.
enum FaultLibrary {
    /// Path of the library; nil where there is no compiler, or another system than Linux.
    static let path: String? = {
        #if os(Linux)
        let library = NSTemporaryDirectory() + "steward-faults-\(getpid()).so"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "cc", "-shared", "-fPIC", "-o", library, TestFiles.packageRoot + "/Tests/Peers/faults.c", "-ldl",
        ]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        atexit { try? FileManager.default.removeItem(atPath: NSTemporaryDirectory() + "steward-faults-\(getpid()).so") }
        return library
        #else
        return nil
        #endif
    }()

    /// What is to go wrong.
    enum Fault {
        /// Nothing; the calls are listed in a file.
        case none(log: String)
        /// The process is killed before this call.
        case kill(Int)
        /// This call fails with an error number, and so do all later ones that need space.
        case error(Int, Int32)

        var variables: [String: String] {
            switch self {
            case .none(let log): ["STEWARD_FAULT_LOG": log]
            case .kill(let point): ["STEWARD_FAULT_POINT": "\(point)"]
            case .error(let point, let code): ["STEWARD_FAULT_POINT": "\(point)", "STEWARD_FAULT_ERROR": "\(code)"]
            }
        }
    }

    /// Runs the program with a fault.
    static func run(_ arguments: [String], _ fault: Fault, name: String = "steward") throws -> StewardProgram.Outcome {
        var program = StewardProgram()
        program.environment = fault.variables
        let library: String = try #require(path)
        program.environment["LD_PRELOAD"] = library
        program.environment["PGAPPNAME"] = name
        return try program.run(arguments)
    }

    /// Some of the calls of a program, spread evenly: the first ones of each run of equal calls as far as there are so
    /// many; or all.
    static func points(_ calls: [String], limit: Int) -> [Int] {
        guard calls.count > limit else { return Array(1...max(1, calls.count)) }
        let starts = calls.indices.filter { $0 == 0 || calls[$0] != calls[$0 - 1] }.map { $0 + 1 }
        let candidates = starts.count >= limit ? starts : Array(1...calls.count)
        return Set((0..<limit).map { candidates[(2 * $0 + 1) * candidates.count / (2 * limit)] }).sorted()
    }
}
