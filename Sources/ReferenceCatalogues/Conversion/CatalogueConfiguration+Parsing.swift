internal import Foundation
internal import ObservationMetadata
internal import StewardCore

extension CatalogueConfiguration {
    /// Reads a configuration file.
    ///
    /// - Parameter path: The YAML file.
    /// - Throws: ``ButlerError`` with `.fileNotFound`, or `.configuration` with file, line and key.
    public init(readingFrom path: String) throws {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ButlerError(.fileNotFound, "The configuration \"\(path)\" cannot be read.", remedy: "Check the path.")
                .adding("file", path)
        }
        try self.init(yaml: text, file: path)
    }

    /// Reads a configuration; every unknown key is an error with its line and the nearest key.
    ///
    /// - Parameters:
    ///   - yaml: The text.
    ///   - file: Its name for error messages.
    /// - Throws: ``ButlerError`` with `.configuration` naming file, line and key.
    public init(yaml: String, file: String) throws {
        do {
            try self.init(try DefinitionNode(yaml: yaml, file: file), text: yaml)
        } catch let error as ButlerError where error.code == .instrument {
            throw ButlerError(
                .configuration,
                error.message,
                remedy: error.remedy,
                candidates: error.candidates,
                context: error.context
            )
        }
    }

    private static let columnKeys = [
        "id", "ra", "dec", "ra_error", "dec_error", "epoch", "pm_ra", "pm_dec", "pm_ra_error", "pm_dec_error",
        "parallax", "parallax_error", "correlations",
    ]
    private static let factKeys = ["description", "origin", "contact", "citation"]

    private init(_ node: DefinitionNode, text: String) throws {
        let keys = ["catalogue", "format", "missing", "hdu", "columns", "fluxes", "flags", "extra", "coverage"]
        let root = try node.mapping(keys + Self.factKeys)
        name = try root.required("catalogue").text(atMost: 128)
        format = try root["format"]?.choice()
        missing = try root["missing"]?.choice() ?? .nan
        hdu = Int(try root["hdu"]?.integer(in: 0...10_000) ?? 1)
        let given = root["columns"]
        let columns = try (given ?? DefinitionNode(.null, file: node.file, line: node.line, path: "")).mapping(
            Self.columnKeys
        )
        identifier = try columns["id"]?.text()
        position =
            try given == nil
            ? [] : [Source(columns.required("ra"), .angle), Source(columns.required("dec"), .angle)]
        positionErrors = try Self.together(["ra_error", "dec_error"], columns).map { try Source($0, .angle) }
        motion = try Motion(columns)
        correlations = try Correlations(columns["correlations"])
        if case .none = correlations {
        } else {
            guard motion != nil, !positionErrors.isEmpty else {
                throw columns.node.error(
                    "correlations need the errors of the position and all of epoch, pm and parallax"
                )
            }
        }
        fluxes = try Flux.list(root["fluxes"])
        let flagNames = ["photometric", "resolved", "variable"]
        let flags = try root["flags"]?.mapping(flagNames)
        self.flags = try Dictionary(
            uniqueKeysWithValues: flagNames.compactMap { name in try flags?[name].map { (name, try $0.text()) } }
        )
        extra = try root["extra"]?.list().map { try Extra($0) } ?? []
        facts = try Dictionary(
            uniqueKeysWithValues: Self.factKeys.compactMap { key in try root[key].map { (key, try $0.text()) } }
        )
        coverage = try root["coverage"]?.list().map { try Self.range($0) }
        self.text = text
        try checkNames(node)
    }

    private func checkNames(_ node: DefinitionNode) throws {
        var seen: Set<String> = []
        let names = CatalogueSchema(
            filters: filters,
            flags: Set(flags.keys),
            hasMotion: motion != nil,
            extra: extra.map { CatalogueField($0.name, .double) }
        ).fields.map(\.name)
        if let double = names.first(where: { !seen.insert($0).inserted }) {
            throw node.error("two columns of the catalogue would have the name \"\(double)\"")
        }
    }

    /// The nodes of keys that are given all or not at all.
    static func together(_ keys: [String], _ columns: DefinitionMapping) throws -> [DefinitionNode] {
        let nodes = keys.compactMap { columns[$0] }
        guard nodes.isEmpty || nodes.count == keys.count else {
            let missing = keys.filter { columns[$0] == nil }.joined(separator: ", ")
            throw columns.node.error("\(keys.joined(separator: ", ")) go together, and \(missing) is missing")
        }
        return nodes
    }

    private static func range(_ node: DefinitionNode) throws -> ClosedRange<UInt64> {
        let ends = try node.oneOrMore().map { UInt64(try $0.integer(in: 8...Int64.max)) }
        guard let first = ends.first, let last = ends.last, ends.count <= 2, first <= last else {
            throw node.error("a range of trixels is one number, or the first and the last one")
        }
        return first...last
    }
}

extension CatalogueConfiguration.Source {
    /// Reads the name of a column, or a mapping with its unit.
    init(_ node: DefinitionNode, _ quantity: CatalogueUnit.Quantity, further: [String] = []) throws {
        guard node.entries != nil else {
            column = try node.text()
            return
        }
        let mapping = try node.mapping(["column", "unit", "scale"] + further)
        column = try mapping.required("column").text()
        scale = try mapping["scale"]?.real() ?? 1
        guard let unitNode = mapping["unit"] else { return }
        let text = try unitNode.text()
        guard let unit = CatalogueUnit(text), unit.quantity == quantity else {
            throw unitNode.error(
                "\"\(text)\" is not a unit of \(quantity.rawValue)",
                remedy: "The units are \(CatalogueUnit.names.joined(separator: ", ")).",
                candidates: Candidates.nearest(to: text, in: CatalogueUnit.names)
            )
        }
        self.unit = unit
    }
}

extension CatalogueConfiguration.Motion {
    fileprivate init?(_ columns: DefinitionMapping) throws {
        let keys = [
            "epoch", "pm_ra", "pm_dec", "pm_ra_error", "pm_dec_error", "parallax", "parallax_error",
        ]
        let nodes = try CatalogueConfiguration.together(keys, columns)
        guard nodes.count == keys.count else { return nil }
        guard columns["ra_error"] != nil else {
            throw columns.node.error("proper motions need ra_error and dec_error")
        }
        typealias Source = CatalogueConfiguration.Source
        epoch = try CatalogueConfiguration.Epoch(nodes[0])
        motions = [try Source(nodes[1], .motion, further: ["cosdec"]), try Source(nodes[2], .motion)]
        includesCosine = try nodes[1].value(at: "cosdec")?.flag() ?? true
        motionErrors = [try Source(nodes[3], .motion), try Source(nodes[4], .motion)]
        parallax = try Source(nodes[5], .angle)
        parallaxError = try Source(nodes[6], .angle)
    }
}

extension CatalogueConfiguration.Epoch {
    fileprivate init(_ node: DefinitionNode) throws {
        let mapping = try node.mapping(["column", "value", "format", "scale"])
        let form = try mapping.required("format")
        do {
            reading = try EpochReading(format: form.text(), scale: mapping["scale"]?.text())
        } catch let error as ButlerError where error.code == .time {
            throw form.error(error.message, remedy: error.remedy, candidates: error.candidates)
        }
        switch try mapping.alternative(of: ["column", "value"]) {
        case "column": value = .column(try mapping.required("column").text())
        case "value":
            let given = try mapping.required("value")
            value = reading.isText ? .text(try given.text()) : .constant(try given.real())
        default: throw node.error("the epoch needs a column or a value")
        }
    }
}

extension CatalogueConfiguration.Correlations {
    fileprivate init(_ node: DefinitionNode?) throws {
        guard let node else {
            self = .none
            return
        }
        if node.entries != nil {
            let known = CatalogueSchema.correlatedPairs.map {
                "\(CatalogueSchema.correlated[$0.0])_\(CatalogueSchema.correlated[$0.1])"
            }
            let inner = try node.mapping(["covariance"]).required("covariance")
            let mapping = try inner.mapping(known)
            self = .covariance(
                try Dictionary(
                    uniqueKeysWithValues: known.compactMap { key in try mapping[key].map { (key, try $0.text()) } }
                )
            )
            return
        }
        switch try node.text() {
        case "gaia": self = .gaia
        case "zero": self = .zero
        case let word:
            throw node.error(
                "\"\(word)\" is not one of gaia, zero or a mapping covariance",
                candidates: Candidates.nearest(to: word, in: ["gaia", "zero", "covariance"])
            )
        }
    }
}

extension CatalogueConfiguration.Flux {
    fileprivate static func list(_ node: DefinitionNode?) throws -> [Self] {
        guard let node else { return [] }
        let mapping = try node.mapping(["system", "magnitudes", "counts", "nanojansky"])
        var offsets: [String: Double] = [:]
        if let system = mapping["system"] {
            if system.entries != nil {
                let vega = try system.mapping(["vega"]).required("vega").dictionary()
                offsets = Dictionary(try vega.map { ($0.key, try $0.value.real()) }) { first, _ in first }
            } else {
                let word = try system.text()
                guard word == "AB" else {
                    throw system.error("\"\(word)\" is not AB, nor a mapping vega with the offsets to it")
                }
            }
        }
        let magnitudes = try mapping["magnitudes"]?.list().map { try Self($0, vegaOffsets: offsets) }
        let counts = try mapping["counts"]?.list().map { item in
            guard let point = try item.value(at: "zero_point")?.real() else {
                throw item.error("counts need a zero_point in AB magnitudes")
            }
            return try Self(item, .counts(zeroPoint: point), nil)
        }
        let plain = try mapping["nanojansky"]?.list().map { try Self($0, .flux, .flux) }
        return (magnitudes ?? []) + (counts ?? []) + (plain ?? [])
    }

    private init(_ node: DefinitionNode, vegaOffsets offsets: [String: Double]) throws {
        let flux = try Self(node, .magnitude(offset: 0), .magnitude)
        guard !offsets.isEmpty else {
            self = flux
            return
        }
        guard let offset = offsets[flux.name] else {
            throw node.error("there is no offset to AB of \"\(flux.name)\" under vega")
        }
        self.init(name: flux.name, kind: .magnitude(offset: offset), value: flux.value, error: flux.error)
    }

    private init(_ node: DefinitionNode, _ kind: Kind, _ quantity: CatalogueUnit.Quantity?) throws {
        self.kind = kind
        guard node.entries != nil else {
            name = try node.text()
            value = .init(column: name)
            error = nil
            return
        }
        let keys = quantity == nil ? ["error_ratio", "zero_point"] : ["error", "unit", "scale"]
        let mapping = try node.mapping(["column", "as"] + keys)
        let column = try mapping.required("column").text()
        name = try mapping["as"]?.text() ?? column
        let scale = try mapping["scale"]?.real() ?? 1
        let word = try mapping["unit"]?.text()
        let unit = word.flatMap { CatalogueUnit($0) }
        if let word, unit?.quantity != quantity {
            throw node.error("\"\(word)\" is not a unit of \(quantity?.rawValue ?? "counts")")
        }
        value = .init(column: column, unit: unit, scale: scale)
        let errorColumn = try (mapping["error"] ?? mapping["error_ratio"])?.text()
        error = errorColumn.map { .init(column: $0, unit: unit, scale: scale) }
    }
}

extension CatalogueConfiguration.Extra {
    fileprivate init(_ node: DefinitionNode) throws {
        guard node.entries != nil else {
            column = try node.text()
            name = column
            (type, width) = (nil, nil)
            return
        }
        let mapping = try node.mapping(["column", "as", "type", "width"])
        column = try mapping.required("column").text()
        name = try mapping["as"]?.text() ?? column
        width = try mapping["width"].map { Int(try $0.integer(in: 1...65_536)) }
        type = try mapping["type"]?.choice() ?? (width == nil ? nil : .string)
        guard width == nil || type == .string else { throw node.error("only texts have a width") }
    }
}
