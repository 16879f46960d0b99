import AstroTime
import Databases
import Datasets
import Dimensions
import Registry
import StewardCore
import Testing

/// Random operations on a calibration collection against a table of single instants.
@Suite struct ValidityTests {
    /// For each detector which dataset is valid at each of forty instants.
    private struct Oracle {
        var valid: [Int64: [Int?]] = [:]

        mutating func certify(_ detector: Int64, _ dataset: Int, _ range: Range<Int>) -> Bool {
            var instants = valid[detector] ?? Array(repeating: nil, count: 40)
            guard range.allSatisfy({ instants[$0] == nil }) else { return false }
            for instant in range { instants[instant] = dataset }
            valid[detector] = instants
            return true
        }

        mutating func decertify(_ detector: Int64, _ range: Range<Int>) {
            for instant in range { valid[detector]?[instant] = nil }
        }
    }

    @Test("ranges never overlap, and what is valid when is what an oracle says", arguments: [1, 2, 3] as [UInt64])
    func random(seed: UInt64) async throws {
        var generator = SplitMix(state: seed)
        var oracle = Oracle()
        try await TestRepository.with { repository in
            let bias = try await DatasetTests.prepare(repository)
            let first = try repository.refs(bias, run: "r1", detectors: 1...3)
            let second = try repository.refs(bias, run: "r2", detectors: 1...3)
            try await repository.write { try $0.datasets.insert(first + second, on: $1) }
            for _ in 0..<120 {
                let detector = Int64.random(in: 1...3, using: &generator)
                let begin = Int.random(in: 0..<39, using: &generator)
                let range = begin..<Int.random(in: (begin + 1)...min(40, begin + 12), using: &generator)
                let span = Timespan(beginNanoseconds: Int64(range.lowerBound), endNanoseconds: Int64(range.upperBound))
                let isFirst = Bool.random(using: &generator)
                let ref = (isFirst ? first : second)[Int(detector) - 1]
                if Int.random(in: 0..<3, using: &generator) == 0 {
                    oracle.decertify(detector, range)
                    try await repository.write {
                        try $0.datasets.decertify("bias", in: "c", range: span, dataIDs: [ref.dataID], on: $1)
                    }
                } else {
                    let isAllowed = oracle.certify(detector, isFirst ? 1 : 2, range)
                    do {
                        try await repository.write { try $0.datasets.certify([ref], in: "c", validity: span, on: $1) }
                        #expect(isAllowed, "seed \(seed)")
                    } catch let error as ButlerError where error.code == .conflictingDefinition {
                        #expect(!isAllowed, "seed \(seed)")
                    }
                }
            }
            let stored = try await repository.read { tables, connection in
                let type = try tables.datasetTypes.record("bias", on: connection)
                let search = try tables.collections.flatten(["c"], on: connection)
                return try tables.datasets.associations(of: type, in: search, on: connection)
            }
            var table: [Int64: [Int?]] = [:]
            for association in stored {
                let detector = try #require(association.ref.dataID["detector"]?.int)
                let validity = try #require(association.validity)
                var instants = table[detector] ?? Array(repeating: nil, count: 40)
                for instant in Int(validity.beginNanoseconds)..<Int(validity.endNanoseconds) {
                    #expect(instants[instant] == nil, "seed \(seed)")
                    instants[instant] = association.ref.run == "r1" ? 1 : 2
                }
                table[detector] = instants
            }
            for detector in Int64(1)...3 {
                #expect(
                    (table[detector] ?? []).contains { $0 != nil }
                        ? table[detector] == oracle.valid[detector]
                        : oracle.valid[detector]?.allSatisfy { $0 == nil } ?? true,
                    "seed \(seed)"
                )
            }
        }
    }
}

/// A seeded generator: SplitMix64 of Steele, Lea and Flood (2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
