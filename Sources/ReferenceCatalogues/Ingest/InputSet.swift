internal import StewardCore

/// The input files of a catalogue.
struct InputSet {
    private let configuration: CatalogueConfiguration
    private let files: [String]
    /// Where each can be read: a copy of what cannot be read twice or has to be inflated first.
    private let paths: [String]

    /// Looks at files.
    ///
    /// - Parameters:
    ///   - files: Paths; `-` is standard input.
    ///   - configuration: Says their form.
    ///   - folder: For copies.
    /// - Throws: ``ButlerError`` if a file has no known form, or cannot be copied.
    init(_ files: [String], _ configuration: CatalogueConfiguration, spoolingTo folder: String) throws {
        self.files = files
        self.configuration = configuration
        paths = try files.enumerated().map { index, file in
            let format = try InputFile.format(file, configuration)
            let isCompressed = format == .fits && file.lowercased().hasSuffix(".gz")
            guard file == ByteStream.standardInput || isCompressed else { return file }
            let copy = "\(folder)/input-\(index).\(format.rawValue)"
            try ByteStream(file).copy(to: copy)
            return copy
        }
    }

    var indices: Range<Int> { files.indices }

    /// The name of a file for messages.
    func label(_ index: Int) -> String { files[index] == ByteStream.standardInput ? "standard input" : files[index] }

    /// Opens a file.
    func open(_ index: Int) throws -> any CatalogueInput {
        try InputFile.open(paths[index], configuration, label: label(index))
    }

    /// The fields of the catalogue; reads all files once where they do not tell types or widths of further columns.
    func schema(hasReferenceStringWidth: Bool, progress: (Int) -> Void) throws -> CatalogueSchema {
        var extra = configuration.extra.map { ExtraColumn($0, factor: hasReferenceStringWidth ? 4 : 1) }
        for index in indices {
            let input = try open(index)
            for position in extra.indices {
                // Columns that are missing are found, and told, by the converter.
                guard let column = input.columns.first(where: { $0.name == extra[position].column }) else { continue }
                extra[position].learn(column)
            }
        }
        if extra.contains(where: \.needsScan) { try scan(&extra, progress) }
        return CatalogueSchema(
            filters: configuration.filters,
            flags: Set(configuration.flags.keys),
            hasMotion: configuration.motion != nil,
            extra: extra.map(\.field)
        )
    }

    private func scan(_ extra: inout [ExtraColumn], _ progress: (Int) -> Void) throws {
        var count = 0
        for index in indices {
            let input = try open(index)
            let known = Set(input.columns.map(\.name))
            let open = extra.indices.filter { extra[$0].needsScan && known.contains(extra[$0].column) }
            guard !open.isEmpty else { continue }
            let requests = open.map { ColumnRequest(name: extra[$0].column, kind: .text) }
            while let chunk = try input.next() {
                for (position, column) in zip(open, try chunk.columns(requests, missing: .nan)) {
                    if case .texts(let texts) = column { extra[position].look(at: texts) }
                }
                count += chunk.rowCount
                progress(count)
            }
        }
    }
}

/// A further column whose type and width become known step by step.
private struct ExtraColumn {
    let column: String
    private let name: String
    private var type: CatalogueConfiguration.ExtraType?
    private let givenWidth: Int?
    private var width = 1
    private var hasWidth = false
    private let factor: Int
    private var canBeFlag = true
    private var canBeInteger = true
    private var canBeReal = true

    init(_ extra: CatalogueConfiguration.Extra, factor: Int) {
        column = extra.column
        name = extra.name
        type = extra.type
        givenWidth = extra.width
        self.factor = factor
    }

    /// Takes what a file tells.
    mutating func learn(_ info: InputColumnInfo) {
        if type == nil { type = info.type }
        if let width = info.width {
            self.width = max(self.width, width)
            hasWidth = true
        }
    }

    var needsScan: Bool { type == nil || type == .string && givenWidth == nil && !hasWidth }

    mutating func look(at texts: InputTexts) {
        texts.bytes.withUnsafeBufferPointer { bytes in
            for index in texts.ends.indices {
                let cell = UnsafeBufferPointer(rebasing: bytes[texts.range(index)])
                width = max(width, cell.count)
                guard type == nil, !NumberParser.isMissing(cell) else { continue }
                if canBeFlag {
                    canBeFlag = ["true", "false"].contains(String(decoding: cell, as: UTF8.self).lowercased())
                }
                if canBeInteger { canBeInteger = NumberParser.integer(cell) != nil }
                if canBeReal { canBeReal = NumberParser.double(cell) != nil }
            }
        }
    }

    var field: CatalogueField {
        let found: CatalogueConfiguration.ExtraType =
            canBeFlag ? .bool : canBeInteger ? .int64 : canBeReal ? .float64 : .string
        switch type ?? found {
        case .bool: return CatalogueField(name, .flag)
        case .int64: return CatalogueField(name, .int64)
        case .float64: return CatalogueField(name, .double)
        case .string: return CatalogueField(name, .string(givenWidth ?? width * factor))
        }
    }
}
