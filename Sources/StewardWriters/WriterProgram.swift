import Foundation
import Steward
import StewardTesting

/// One of many programs that write to one repository at the same time; run by the tests.
///
/// Arguments: repository, number of this writer, number of operations, seed.
@main struct WriterProgram {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let number = Int64(arguments[2]), let count = Int(arguments[3]),
            let seed = UInt64(arguments[4])
        else {
            FileHandle.standardError.write(Data("usage: StewardWriters REPO NUMBER OPERATIONS SEED\n".utf8))
            exit(2)
        }
        let waits = WaitCount()
        let locks = LockWaiting(timeout: .seconds(120), patience: .milliseconds(50)) { waits.add($0) }
        let butler = try await Butler.open(arguments[1], writeable: true, locks: locks)
        var writer = Writer(butler, number: number, seed: seed)
        await writer.run(count)
        waits.fill(&writer.report)
        FileHandle.standardOutput.write(try JSONEncoder().encode(writer.report))
    }
}
