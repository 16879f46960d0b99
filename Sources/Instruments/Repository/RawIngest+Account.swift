public import StewardCore

extension RawIngest.Summary {
    /// What was done and what failed, as JSON with stable keys.
    ///
    /// All but `failures` are counts; each of `failures` has `subject` (file or exposure), `stage`,
    /// `code`, `property` (of the header, or null), `reason`, `remedy` (or null) and `candidates`.
    public var json: JSONValue {
        .object([
            .init("exposures", .int(Int64(exposures))),
            .init("ingested", .int(Int64(ingested))),
            .init("skipped", .int(Int64(skipped))),
            .init("updated_records", .int(Int64(updatedRecords))),
            .init("rounded_records", .int(Int64(roundedRecords))),
            .init("visits", .int(Int64(visits))),
            .init("incomplete", .int(Int64(incomplete))),
            .init(
                "unknown_properties",
                .object(unknownProperties.sorted { $0.key < $1.key }.map { .init($0.key, .int(Int64($0.value))) })
            ),
            .init("failures", .array(failures.map(\.json))),
        ])
    }

    /// What was done and what failed, for people; one line for each failure, further ones indented.
    public var text: String {
        var lines = [
            "\(ingested) raws of \(exposures) exposures ingested, \(skipped) were there, "
                + "\(failures.count) failures"
        ]
        for (property, count) in unknownProperties.sorted(by: { $0.key < $1.key }) {
            lines.append("\(property) could not be had from \(count) files")
        }
        if visits > 0 { lines.append("\(visits) visits defined or extended") }
        if incomplete > 0 { lines.append("\(incomplete) files were not complete yet") }
        lines += failures.map { "\($0.stage.rawValue): \($0.subject): \($0.reason)" }
        return lines.map { $0 + "\n" }.joined()
    }
}

extension RawIngest.Failure {
    fileprivate var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        return .object([
            .init("subject", .string(subject)),
            .init("stage", .string(stage.rawValue)),
            .init("code", .string(error.code.rawValue)),
            .init("property", text(error.context.first { $0.label == "property" }?.value)),
            .init("reason", .string(error.message)),
            .init("remedy", text(error.remedy)),
            .init("candidates", .array(error.candidates.map { .string($0) })),
            .init(
                "context",
                .object(error.context.filter { $0.value != subject }.map { .init($0.label, .string($0.value)) })
            ),
        ])
    }
}
