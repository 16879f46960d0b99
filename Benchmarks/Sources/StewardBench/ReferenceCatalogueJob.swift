import Foundation
import ReferenceCatalogues
import SphericalGeometry
import Steward

/// A reference catalogue of synthetic sources in Gaia's density: how fast it is ingested and searched, and in how much
/// memory.
enum ReferenceCatalogueJob {
    /// Sources in a square degree: those of Gaia DR3 over the whole sky.
    private static let density = 43_900.0

    private static let configuration = """
        catalogue: synthetic_20261121
        format: csv
        columns:
          id: source_id
          ra: {column: ra, unit: deg}
          dec: {column: dec, unit: deg}
          ra_error: {column: ra_error, unit: mas}
          dec_error: {column: dec_error, unit: mas}
          epoch: {column: ref_epoch, format: jyear, scale: tcb}
          pm_ra: {column: pmra, unit: mas/yr}
          pm_dec: {column: pmdec, unit: mas/yr}
          pm_ra_error: {column: pmra_error, unit: mas/yr}
          pm_dec_error: {column: pmdec_error, unit: mas/yr}
          parallax: {column: parallax, unit: mas}
          parallax_error: {column: parallax_error, unit: mas}
          correlations: gaia
        fluxes:
          magnitudes: [{column: g, error: g_err}, {column: bp, error: bp_err}, {column: rp, error: rp_err}]

        """

    private static let correlations = [
        "ra_dec_corr", "ra_pmra_corr", "ra_pmdec_corr", "ra_parallax_corr", "dec_pmra_corr", "dec_pmdec_corr",
        "dec_parallax_corr", "pmra_pmdec_corr", "parallax_pmra_corr", "parallax_pmdec_corr",
    ]

    /// Generates, ingests and searches; prints one line for each measurement.
    static func run(_ folder: String, count: Int) async throws {
        let radius = acos(1 - Double(count) / density / (180 / .pi) / (180 / .pi) / (2 * .pi)) * 180 / .pi
        let input = folder + "/synthetic.csv"
        if !FileManager.default.fileExists(atPath: input) { try generate(input, count, radius) }
        let bytes = try FileManager.default.attributesOfItem(atPath: input)[.size] as? Int ?? 0
        print("input: \(count) sources, \(bytes) bytes of CSV, within \(text(radius)) degrees")
        let root = folder + "/refcat-repository"
        try? FileManager.default.removeItem(atPath: root)
        try await Butler.create(root)
        let butler = try await Butler.open(root, writeable: true)
        let clock = ContinuousClock()
        let marks = StageMarks()
        let start = clock.now
        let work = processorTime()
        let ingest = CatalogueIngest(
            try CatalogueConfiguration(yaml: configuration, file: "benchmark"),
            CatalogueIngest.Options(run: "refcats/benchmark"),
            progress: { stage, _, _ in marks.reach(stage) }
        )
        let outcome = try await ingest.run([input], in: butler)
        let total = seconds(clock.now - start)
        let used = processorTime() - work
        print("ingest: \(text(total)) s, \(Int(Double(count) / total)) sources/s, \(outcome.shards.count) shards")
        print("  processor time \(text(used)) s, \(Int(Double(count) / used)) sources in a second of it")
        for (stage, time) in marks.times(until: clock.now) { print("  \(stage): \(text(time)) s") }
        print("peak memory: \(peakMemory() >> 20) MiB")
        let catalogue = try await ReferenceCatalogue.open("synthetic_20261121", in: butler)
        for (size, searches) in [(0.05, 1000), (0.2, 1000), (1.75, 40)] {
            try await search(catalogue, radius: size, field: radius, searches, epoch: nil)
        }
        try await search(catalogue, radius: 0.2, field: radius, 1000, epoch: 60_676)
        let opening = clock.now
        for index in 0..<100 {
            let region = cone(index, 0.2, field: radius)
            let part = try await ReferenceCatalogue.open("synthetic_20261121", in: butler, within: region)
            _ = try await part.search(region).all()
        }
        print("open and search 0.2 degrees: \(text(seconds(clock.now - opening) / 100 * 1000)) ms")
    }

    private static func search(
        _ catalogue: ReferenceCatalogue,
        radius: Double,
        field: Double,
        _ count: Int,
        epoch: Double?
    ) async throws {
        var options = CatalogueSearchOptions()
        options.epoch = epoch
        var statistics = (shards: 0, bytes: 0, rows: 0, found: 0)
        let clock = ContinuousClock()
        let start = clock.now
        let work = processorTime()
        for index in 0..<count {
            let search = try catalogue.search(cone(index, radius, field: field), options)
            _ = try await search.all()
            let own = search.statistics
            statistics.shards += own.shardCount
            statistics.bytes += own.byteCount
            statistics.rows += own.rowCount
            statistics.found += own.foundCount
        }
        let time = seconds(clock.now - start)
        let n = Double(count)
        print(
            "cones of \(radius) degrees\(epoch == nil ? "" : " at an epoch"): \(text(n / time))/s, "
                + "\(text((processorTime() - work) / n * 1000)) ms of processor time, "
                + "\(text(Double(statistics.shards) / n)) shards, \(text(Double(statistics.bytes) / n / 1e6)) MB, "
                + "\(text(Double(statistics.rows) / n)) rows read, \(text(Double(statistics.found) / n)) found each"
        )
    }

    /// A cone that lies in the field, always the same for an index.
    private static func cone(_ index: Int, _ radius: Double, field: Double) -> Region {
        var random = Random(state: UInt64(index) &* 7919 &+ 17)
        let place = self.place(&random, within: max(0, field - radius - 0.1))
        let center = UnitVector3D(longitude: Angle(degrees: place.0), latitude: Angle(degrees: place.1))
        return .circle(Circle(center: center, openingAngle: Angle(degrees: radius)))
    }

    // MARK: Sources

    /// Numbers that are the same on every machine: splitmix64 (Vigna 2014).
    private struct Random {
        var state: UInt64

        mutating func next() -> Double {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
            return Double((z ^ z >> 31) >> 11) * 0x1p-53
        }
    }

    /// A place in the cap round (150, 2) degrees.
    private static func place(_ random: inout Random, within radius: Double) -> (Double, Double) {
        let height = 1 - random.next() * (1 - cos(radius * .pi / 180))
        let (turn, ring) = (2 * .pi * random.next(), (1 - height * height).squareRoot())
        // Coordinates along the axis of the cap, then turned to (150, 2).
        let (x, y, z) = (height, ring * cos(turn), ring * sin(turn))
        let tilt = 2 * Double.pi / 180
        let (a, c) = (x * cos(tilt) - z * sin(tilt), x * sin(tilt) + z * cos(tilt))
        return (150 + atan2(y, a) * 180 / .pi, asin(c) * 180 / .pi)
    }

    private static func generate(_ path: String, _ count: Int, _ radius: Double) throws {
        guard let file = fopen(path, "wb") else { throw CocoaError(.fileWriteUnknown) }
        defer { fclose(file) }
        var head = "source_id,ra,dec,ra_error,dec_error,ref_epoch,pmra,pmdec,pmra_error,pmdec_error,parallax,"
        head += "parallax_error,g,g_err,bp,bp_err,rp,rp_err," + correlations.joined(separator: ",") + "\n"
        fputs(head, file)
        var random = Random(state: 1)
        var line: [UInt8] = []
        for index in 0..<count {
            let (ra, dec) = place(&random, within: radius)
            line.removeAll(keepingCapacity: true)
            line += "\(4_000_000_000_000_000_000 + Int64(index) * 128)".utf8
            append(ra, 11, &line)
            append(dec, 11, &line)
            append(random.next(), 6, &line)
            append(random.next(), 6, &line)
            line += ",2016.0".utf8
            for scale in [20.0, 20] { append((random.next() - 0.5) * scale, 8, &line) }
            for _ in 0..<2 { append(random.next(), 6, &line) }
            append(random.next() * 3, 8, &line)
            append(random.next(), 6, &line)
            for _ in 0..<3 {
                append(14 + random.next() * 7, 6, &line)
                append(random.next() / 10, 6, &line)
            }
            for _ in correlations { append(random.next() * 2 - 1, 5, &line) }
            line.append(0x0A)
            fwrite(line, 1, line.count, file)
        }
    }

    /// Adds a comma and a number with so many decimals.
    private static func append(_ value: Double, _ decimals: Int, _ line: inout [UInt8]) {
        line.append(UInt8(ascii: ","))
        if value < 0 { line.append(UInt8(ascii: "-")) }
        let scale = (0..<decimals).reduce(1) { value, _ in value * 10 }
        let whole = Int((value.magnitude * Double(scale)).rounded())
        line += "\(whole / scale)".utf8
        line.append(UInt8(ascii: "."))
        let digits = "\(whole % scale)".utf8
        line += [UInt8](repeating: 0x30, count: decimals - digits.count)
        line += digits
    }

    // MARK: Measurements

    /// When the stages of an ingest begin.
    private final class StageMarks: @unchecked Sendable {
        private let lock = NSLock()
        private var marks: [(CatalogueIngest.Stage, ContinuousClock.Instant)] = []

        func reach(_ stage: CatalogueIngest.Stage) {
            lock.withLock {
                if marks.last?.0 != stage { marks.append((stage, ContinuousClock.now)) }
            }
        }

        /// How long each stage took, from its first report to that of the next one.
        func times(until end: ContinuousClock.Instant) -> [(String, Double)] {
            lock.withLock {
                marks.indices.map { index in
                    let next = index + 1 < marks.count ? marks[index + 1].1 : end
                    return (marks[index].0.rawValue, ReferenceCatalogueJob.seconds(next - marks[index].1))
                }
            }
        }
    }

    /// `RUSAGE_SELF`, which has another type on each system.
    private static let ownProcess: Int32 = 0

    /// Seconds of work of all threads; other programs on the machine do not count.
    private static func processorTime() -> Double {
        var usage = rusage()
        getrusage(ownProcess, &usage)
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) * 1e-6 }
    }

    private static func peakMemory() -> Int {
        var usage = rusage()
        getrusage(ownProcess, &usage)
        #if canImport(Darwin)
        return Int(usage.ru_maxrss)
        #else
        return Int(usage.ru_maxrss) * 1024
        #endif
    }

    fileprivate static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    private static func text(_ value: Double) -> String { String(format: "%.3g", value) }
}
