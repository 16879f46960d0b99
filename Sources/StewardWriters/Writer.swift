import Foundation
import Steward
import StewardCore
import StewardTesting

/// Does operations of all kinds in a random order and remembers what must be there in the end.
struct Writer {
    /// Kinds of operations.
    enum Kind: String, CaseIterable {
        case register, ingest, put, get, certify, decertify, associate, disassociate, chain, query, prune, compete
        case putAgain = "put again"
    }

    let butler: Butler
    let number: Int64
    var generator: SeededGenerator
    var report = WriterReport()
    /// References of the datasets of the report.
    var refs: [WriterReport.Dataset: DatasetRef] = [:]
    private var lastDetector: Int64 = 0
    private var lastValue: Int64 = 0

    init(_ butler: Butler, number: Int64, seed: UInt64) {
        self.butler = butler
        self.number = number
        generator = SeededGenerator(seed: seed &+ UInt64(number) &* 7919)
    }

    /// Does so many operations, each kind in turn but in random order.
    mutating func run(_ count: Int) async {
        var kinds: [Kind] = []
        while kinds.count < count { kinds += Kind.allCases.shuffled(using: &generator) }
        for kind in kinds.prefix(count) {
            let start = ContinuousClock.now
            do {
                try await perform(kind)
                report.operations[kind.rawValue, default: 0] += 1
            } catch let error as ButlerError where kind == .compete && error.code == .conflictingDefinition {
                report.refusals[error.code.rawValue, default: 0] += 1
            } catch {
                report.failures.append("\(kind.rawValue): \(error)")
            }
            report.milliseconds.append((ContinuousClock.now - start) / .milliseconds(1))
        }
    }

    /// A detector that only this writer uses.
    mutating func nextDetector() -> Int64 {
        lastDetector += 1
        return 1_000_000 + number * 10_000 + lastDetector
    }

    /// A content that no other dataset has.
    mutating func nextValue() -> Int64 {
        lastValue += 1
        return number * 1_000_000 + lastValue
    }

    /// A dataset of this writer, if it has one.
    mutating func anyDataset(_ type: String? = nil) -> WriterReport.Dataset? {
        report.datasets.filter { type == nil || $0.type == type }.randomElement(using: &generator)
    }

    /// A run that all writers use.
    mutating func anyRun() -> String { "all/\(Int.random(in: 0..<6, using: &generator))" }

    mutating func note(_ dataset: WriterReport.Dataset, _ ref: DatasetRef) {
        report.datasets.append(dataset)
        refs[dataset] = ref
    }

    mutating func forget(_ dataset: WriterReport.Dataset) {
        report.datasets.removeAll { $0 == dataset }
        report.tagged.removeAll { $0 == dataset }
        refs[dataset] = nil
    }
}
