internal import StewardCore

/// Puts a universe together from its JSON definition.
///
/// The order arises in passes: each takes, sorted by name, every sky pixel system, element and topological family
/// whose direct dependencies are all done (repository format document, section 6.3).
struct UniverseBuilder {
    let source: String
    var namespace = "daf_butler"
    var version = 0
    var elements: [DimensionElement] = []
    var positions: [String: Int] = [:]
    var spatialFamilies: [DimensionUniverse.TopologicalFamily] = []
    var temporalFamilies: [DimensionUniverse.TopologicalFamily] = []
    var skyPixelClasses: [String: String] = [:]
    private var common = ""
    private var entries: [String: Entry] = [:]

    init(source: String) {
        self.source = source
    }

    /// Something that takes its turn in the order.
    private enum Entry {
        case skyPixel(levels: ClosedRange<Int>)
        case element(JSONValue, dependencies: [String])
        case family(members: [String])
    }

    mutating func read(_ json: JSONValue) throws {
        namespace = json["namespace"]?.string ?? namespace
        guard let version = json["version"]?.int.flatMap({ Int(exactly: $0) }) else { throw malformed("no version") }
        self.version = version
        try readSkyPixels(json["skypix"] ?? .object([]))
        try readTopology(json["topology"] ?? .object([]))
        try readElements(json["elements"] ?? .object([]))
        while !entries.isEmpty {
            let waiting = Set(entries.keys)
            let ready = entries.filter { waiting.isDisjoint(with: dependencies(of: $0.value)) }.keys.sorted()
            guard !ready.isEmpty else {
                throw malformed("\(entries.keys.sorted().joined(separator: ", ")) depend on each other in a circle")
            }
            for name in ready {
                if let entry = entries.removeValue(forKey: name) { try process(name, entry) }
            }
        }
    }

    func commonSkyPixel() throws -> DimensionElement {
        guard let position = positions[common], elements[position].isSkyPixel else {
            throw malformed("common sky pixel dimension \"\(common)\" is not one of the universe's")
        }
        return elements[position]
    }

    private mutating func readSkyPixels(_ json: JSONValue) throws {
        for member in json.members ?? [] {
            if member.key == "common" {
                common = member.value.string ?? ""
                continue
            }
            guard let className = member.value["class"]?.string, let highest = member.value["max_level"]?.int,
                0...30 ~= highest
            else { throw malformed("sky pixelisation \"\(member.key)\" needs a class and a max_level of at most 30") }
            let lowest = member.value["min_level"]?.int ?? 1
            guard 0...highest ~= lowest else {
                throw malformed("min_level of \"\(member.key)\" is above its max_level")
            }
            skyPixelClasses[member.key] = className
            entries[member.key] = .skyPixel(levels: Int(lowest)...Int(highest))
        }
    }

    private mutating func readTopology(_ json: JSONValue) throws {
        for (kind, path) in [("spatial", \Self.spatialFamilies), ("temporal", \Self.temporalFamilies)] {
            for member in json[kind]?.members ?? [] {
                let members = (member.value.array ?? []).compactMap(\.string)
                entries[member.key] = .family(members: members)
                self[keyPath: path].append(.init(name: member.key, members: members))
            }
        }
    }

    private mutating func readElements(_ json: JSONValue) throws {
        for member in json.members ?? [] {
            let isGovernor = member.value.isGovernor
            let dependencies = isGovernor ? [] : member.value.names("requires") + member.value.names("implies")
            entries[member.key] = .element(member.value, dependencies: dependencies)
        }
    }

    private func dependencies(of entry: Entry) -> [String] {
        switch entry {
        case .skyPixel: []
        case .element(_, let dependencies): dependencies
        case .family(let members): members
        }
    }

    private mutating func process(_ name: String, _ entry: Entry) throws {
        switch entry {
        case .family:
            break
        case .skyPixel(let levels):
            for level in levels {
                var draft = ElementDraft(name: "\(name)\(level)", kind: .skyPixel(system: name, level: level))
                draft.keys = [.init(name: "id", type: .int, isNullable: false)]
                draft.spatialFamily = name
                try add(draft, required: [], implied: [])
            }
        case .element(let json, _):
            try add(try draft(name, json), required: json.names("requires"), implied: json.names("implies"))
        }
    }

    private func draft(_ name: String, _ json: JSONValue) throws -> ElementDraft {
        let storage = json.storage
        var draft = ElementDraft(name: name, kind: json.isGovernor ? .governor : .database)
        draft.keys = try (json["keys"]?.array ?? []).map { try column($0, of: name, isKey: true) }
        draft.metadata = try (json["metadata"]?.array ?? []).map { try column($0, of: name, isKey: false) }
        if draft.keys.isEmpty { draft.kind = .join }
        draft.viewOf = json["implied_union_target"]?.string ?? storage.viewOf
        draft.isCached = json["is_cached"]?.bool ?? (storage.isCached || json.isGovernor)
        draft.alwaysJoins = json["always_join"]?.bool ?? false
        draft.populatedBy = json["populated_by"]?.string
        draft.spatialFamily = spatialFamilies.first { $0.members.contains(name) }?.name
        draft.temporalFamily = temporalFamilies.first { $0.members.contains(name) }?.name
        draft.documentation = json["doc"]?.string ?? ""
        return draft
    }

    private func column(_ json: JSONValue, of element: String, isKey: Bool) throws -> DimensionElement.Column {
        guard let name = json["name"]?.string, let type = json["type"]?.string else {
            throw malformed("a column of \"\(element)\" lacks its name or type")
        }
        let columnType: DimensionElement.ColumnType
        switch type {
        case "int": columnType = .int
        case "float": columnType = .real
        case "bool": columnType = .bool
        case "string": columnType = .string(length: Int(json["length"]?.int ?? 0))
        case "hash": columnType = .hash(byteCount: Int(json["nbytes"]?.int ?? 0))
        default: throw malformed("column \"\(element).\(name)\" has the unknown type \"\(type)\"")
        }
        return .init(
            name: name,
            type: columnType,
            isNullable: json["nullable"]?.bool ?? !isKey,
            documentation: json["doc"]?.string ?? ""
        )
    }

    private mutating func add(_ incoming: ElementDraft, required: [String], implied: [String]) throws {
        var draft = incoming
        let position = elements.count
        guard position < DimensionSet.capacity else {
            throw malformed("more than \(DimensionSet.capacity) elements")
        }
        var requiredSet = DimensionSet()
        if draft.kind != .governor {
            for name in required { requiredSet.formUnion(try dependency(name, of: draft.name).requiredSet) }
        }
        let directlyImplied = draft.kind == .governor ? [] : implied
        let impliedSet = DimensionSet(try directlyImplied.map { try dependency($0, of: draft.name).position })
        draft.required = requiredSet.positions.map { elements[$0].name } + (draft.kind == .join ? [] : [draft.name])
        draft.implied = impliedSet.positions.map { elements[$0].name }
        let fields = fields(of: draft)
        if draft.kind != .join { requiredSet.insert(position) }
        elements.append(
            .init(draft, position: position, requiredSet: requiredSet, impliedSet: impliedSet, fields: fields)
        )
        positions[draft.name] = position
    }

    private func fields(of draft: ElementDraft) -> [DimensionElement.Field] {
        var fields: [DimensionElement.Field] = []
        for name in draft.required {
            let isOwn = name == draft.name
            guard let key = isOwn ? draft.keys.first : positions[name].flatMap({ elements[$0].primaryKey }) else {
                continue
            }
            let column = isOwn ? key.name : name
            fields.append(.init(name: column, role: .required, type: key.type, isNullable: false, dimension: name))
        }
        for name in draft.implied {
            guard let key = positions[name].flatMap({ elements[$0].primaryKey }) else { continue }
            fields.append(.init(name: name, role: .implied, type: key.type, isNullable: false, dimension: name))
        }
        func append(_ columns: some Sequence<DimensionElement.Column>, _ role: DimensionElement.FieldRole) {
            fields += columns.map {
                .init(name: $0.name, role: role, type: $0.type, isNullable: $0.isNullable, dimension: nil)
            }
        }
        append(draft.keys.dropFirst(), .alternateKey)
        append(draft.metadata, .metadata)
        if draft.spatialFamily != nil { append([.init(name: "region", type: .region, isNullable: true)], .region) }
        if draft.temporalFamily != nil {
            append([.init(name: "timespan", type: .timespan, isNullable: true)], .timespan)
        }
        return fields
    }

    private func dependency(_ name: String, of element: String) throws -> DimensionElement {
        guard let position = positions[name], elements[position].isDimension else {
            throw malformed("\"\(element)\" depends on \"\(name)\", which is not a dimension")
        }
        return elements[position]
    }

    private func malformed(_ reason: String) -> ButlerError {
        ButlerError(.configuration, "The definition in \(source) is malformed: \(reason).")
    }
}

extension JSONValue {
    fileprivate func names(_ key: String) -> [String] {
        (self[key]?.array ?? []).compactMap(\.string)
    }

    fileprivate var isGovernor: Bool {
        self["governor"]?.bool
            ?? (self["storage"]?["cls"]?.string?.hasSuffix(".BasicGovernorDimensionRecordStorage") ?? false)
    }

    /// What the legacy `storage` section says: cached or not, and the dimension that this one is a view of.
    fileprivate var storage: (isCached: Bool, viewOf: String?) {
        guard let storage = self["storage"] else { return (false, nil) }
        let isCached = storage["cls"]?.string?.hasSuffix(".CachingDimensionRecordStorage") ?? false
        return (isCached, storage["view_of"]?.string ?? storage["nested"]?["view_of"]?.string)
    }
}
