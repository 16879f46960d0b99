public import Databases
public import Dimensions
internal import StewardCore

extension DimensionTables {
    /// Attaches the records of all elements to data IDs, and takes the implied values from them.
    ///
    /// One statement for all cached elements of a group that are not in memory, and one for each other element, however
    /// many data IDs there are (more beyond some thousands). Implied values that are given must agree with the records.
    ///
    /// - Parameters:
    ///   - dataIDs: Data IDs of any groups.
    ///   - known: Records to use before asking, for instance ones just inserted.
    ///   - connection: Where to read.
    /// - Returns: The expanded data IDs, in order; those with records already come back as they are.
    /// - Throws: ``ButlerError`` with `.dataIDValue` if a dimension has no such value, `.inconsistentDataID` if values
    ///   contradict each other; database errors.
    public func expand(
        _ dataIDs: [DataCoordinate],
        known: [DimensionRecord] = [],
        on connection: any Connection
    ) throws -> [DataCoordinate] {
        var byGroup: [DimensionGroup: [Int]] = [:]
        for (index, dataID) in dataIDs.enumerated() where dataID.records == nil || !dataID.isFull {
            byGroup[dataID.group, default: []].append(index)
        }
        guard !byGroup.isEmpty else { return dataIDs }
        var given: [Int: ElementRecords] = [:]
        for record in known {
            given[record.element.position, default: ElementRecords(record.element)].add(record)
        }
        var result = dataIDs
        for (group, indices) in byGroup.sorted(by: { $0.value[0] < $1.value[0] }) {
            let expanded = try expand(indices.map { dataIDs[$0] }, group, given, on: connection)
            for (index, dataID) in zip(indices, expanded) { result[index] = dataID }
        }
        return result
    }

    private func expand(
        _ dataIDs: [DataCoordinate],
        _ group: DimensionGroup,
        _ given: [Int: ElementRecords],
        on connection: any Connection
    ) throws -> [DataCoordinate] {
        try preload(group, on: connection)
        var drafts = dataIDs.map { DataIDDraft($0) }
        for element in group.lookupOrder {
            let places = element.required.compactMap(group.valueIndex)
            let keys = try drafts.map { try $0.key(places, of: element) }
            let records = try records(element, keys, given[element.position], on: connection)
            for index in drafts.indices {
                try drafts[index].take(records.first[keys[index]] ?? records.second?[keys[index]], of: element)
            }
        }
        return drafts.map { $0.expanded }
    }

    /// The records with some keys: those given, and those in the database if some are not given.
    private func records(
        _ element: DimensionElement,
        _ keys: [[DimensionValue]],
        _ given: ElementRecords?,
        on connection: any Connection
    ) throws -> (first: ElementRecords, second: ElementRecords?) {
        guard let given else { return (try records(of: element, keys: keys, on: connection), nil) }
        let missing = keys.filter { given[$0] == nil }
        return (given, missing.isEmpty ? nil : try records(of: element, keys: missing, on: connection))
    }
}

/// A data ID while records are attached to it.
private struct DataIDDraft {
    let dataID: DataCoordinate
    private var values: [DimensionValue?]
    private var records: [DimensionRecord] = []

    init(_ dataID: DataCoordinate) {
        self.dataID = dataID
        let missing = dataID.group.count - dataID.values.count
        values = dataID.values.map { $0 } + [DimensionValue?](repeating: nil, count: missing)
    }

    /// The values of an element's required dimensions.
    func key(_ places: [Int], of element: DimensionElement) throws -> [DimensionValue] {
        let key = places.compactMap { values[$0] }
        guard key.count == element.required.count else {
            throw ButlerError(.dimensionValue, "Data ID \(dataID) has no value for dimension \"\(element.name)\".")
        }
        return key
    }

    /// Takes the implied values of a record; a dimension must have one, and so must a join that defines relations.
    mutating func take(_ record: DimensionRecord?, of element: DimensionElement) throws {
        guard let record else {
            if element.isDimension {
                throw ButlerError(
                    .dataIDValue,
                    "There is no \(element.name) record for data ID \(description(of: element)).",
                    remedy: "Check the values with \"steward query-dimension-records REPO \(element.name)\".",
                    context: [.init("data ID", dataID.description)]
                )
            }
            if element.definesRelationships {
                throw ButlerError(
                    .inconsistentDataID,
                    "The values of data ID \(dataID) do not belong together: "
                        + "no \(element.name) record relates them.",
                    remedy: "Check the values of \(element.required.joined(separator: ", "))."
                )
            }
            return
        }
        records.append(record)
        for name in element.implied {
            guard let place = dataID.group.valueIndex(name), let implied = record[name]?.dimensionValue else {
                continue
            }
            if let value = values[place], value != implied {
                throw ButlerError(
                    .inconsistentDataID,
                    "Data ID \(dataID) says \(name) \"\(value)\", but its \(element.name) has \(name) \"\(implied)\".",
                    remedy: "Leave \(name) out, or correct it."
                )
            }
            values[place] = implied
        }
    }

    private func description(of element: DimensionElement) -> String {
        let parts = element.required.compactMap { name -> String? in
            guard let place = dataID.group.valueIndex(name), let value = values[place] else { return nil }
            if case .string(let text) = value { return "\(name): '\(text)'" }
            return "\(name): \(value)"
        }
        return "{" + parts.joined(separator: ", ") + "}"
    }

    var expanded: DataCoordinate {
        let known = values.compactMap { $0 }
        let isFull = known.count == values.count
        return DataCoordinate(
            dataID.group,
            values: isFull ? known : dataID.values,
            records: DataCoordinate.RecordSet(records)
        )
    }
}
