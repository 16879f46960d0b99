internal import ReferenceCatalogues
internal import Steward
internal import StewardCore

/// What is known of a catalogue, for people.
struct CatalogueDescription {
    let text: String

    init(_ catalogue: ReferenceCatalogue) async throws {
        let schema = try await catalogue.schema()
        var lines = [("catalogue", catalogue.name)]
        if let record = catalogue.record {
            lines += [("run", record.run), ("sources", String(record.rowCount)), ("shards", String(record.shardCount))]
            if let first = record.earliestEpoch, let last = record.latestEpoch {
                lines.append(("epochs (MJD TAI)", first == last ? "\(first)" : "\(first) to \(last)"))
                lines.append(("greatest motion (mas/yr)", "\(record.greatestMotion * 180 / Double.pi * 3.6e6)"))
            }
            lines.append(("coverage", record.coverage ?? "only where sources are"))
            for member in (try? JSONValue(parsing: record.facts).members) ?? [] {
                lines.append((member.key, member.value.string ?? ""))
            }
        } else {
            let runs = Set(catalogue.shards.map(\.dataset.run)).sorted()
            lines += [("run", runs.joined(separator: ", ")), ("shards", String(catalogue.shards.count))]
            lines.append(("record", "none: another program ingested it"))
        }
        if let schema {
            lines.append(("format version", schema.formatVersion.map(String.init) ?? "none"))
            lines.append(("filters", schema.filters.joined(separator: ", ")))
        }
        var text = lines.map { "\($0.0): \($0.1)\n" }.joined()
        if let schema {
            var table = OutputTable(["column", "type", "unit", "description"], alignment: .left)
            table.rows = schema.fields.map {
                [.text($0.name), .text($0.kind.name), .text($0.unit), .text($0.documentation)]
            }
            text += "\n" + table.text(showsHeader: true)
        }
        self.text = text
    }
}
