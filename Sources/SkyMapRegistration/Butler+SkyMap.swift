internal import Datasets
internal import Dimensions
public import SkyMaps
public import Steward
internal import StewardCore

extension Butler {
    /// The sky map of a name, from its dataset, with patches numbered as the repository's rows are.
    ///
    /// - Parameters:
    ///   - name: Name of the sky map.
    ///   - collections: Collections that hold it; the run `skymaps` if empty.
    /// - Returns: The sky map.
    /// - Throws: ``ButlerError`` with `.dataIDValue` if no sky map has the name, `.datasetNotFound` if its dataset is not
    ///   there, `.conflictingDefinition` if the dataset is not the sky map that is registered, `.corruptFile`; database
    ///   and file errors.
    public func skyMap(_ name: String, collections: [String] = []) async throws -> SkyMap {
        let hash = try await skyMapHash(name)
        let object = try await get(
            SkyMap.datasetType,
            ["skymap": .string(name)],
            collections: collections.isEmpty ? [SkyMap.run] : collections
        )
        guard let map = object as? SkyMap else {
            throw ButlerError(.formatter, "The dataset of the sky map \"\(name)\" is a \(type(of: object)).")
        }
        guard hash == map.hash else { throw Self.otherSkyMap("dataset", name) }
        return try await numbered(map, name)
    }

    /// The sky map of a name, from its configuration: for repositories that hold its rows, but not its dataset.
    ///
    /// - Parameters:
    ///   - name: Name of the sky map.
    ///   - configuration: Its configuration.
    /// - Returns: The sky map.
    /// - Throws: ``ButlerError`` with `.dataIDValue` if no sky map has the name, `.conflictingDefinition` if the configuration
    ///   is not that of the sky map that is registered, `.configuration`; database errors.
    public func skyMap(_ name: String, from configuration: SkyMapConfiguration) async throws -> SkyMap {
        let hash = try await skyMapHash(name)
        let map = try SkyMap(configuration)
        guard hash == map.hash else { throw Self.otherSkyMap("configuration", name) }
        return try await numbered(map, name)
    }

    private static func otherSkyMap(_ what: String, _ name: String) -> ButlerError {
        ButlerError(
            .conflictingDefinition,
            "The \(what) of the sky map \"\(name)\" is that of another sky map than the one that is registered."
        )
    }

    /// The hash of a registered sky map.
    private func skyMapHash(_ name: String) async throws -> [UInt8] {
        let stored = try await records(of: "skymap")
        if let record = stored.first(where: { $0["name"] == .string(name) }) {
            guard case .bytes(let hash)? = record["hash"] else { return [] }
            return hash
        }
        let names = stored.compactMap { record -> String? in
            guard case .string(let text)? = record["name"] else { return nil }
            return text
        }
        throw ButlerError(
            .dataIDValue,
            "No sky map \"\(name)\" is registered in this repository.",
            remedy: names.isEmpty ? "Register one with \"steward register-skymap\"." : nil,
            candidates: Candidates.nearest(to: name, in: names)
        )
    }

    /// The sky map with its patches numbered as they are in the repository.
    private func numbered(_ map: SkyMap, _ name: String) async throws -> SkyMap {
        guard case .discrete = map.configuration.layout, map.count > 1 else { return map }
        let last = try map.tract(map.count - 1).grid.columns
        // Only the second row of a tract of another width tells.
        let telling = try (0..<map.count).first { id in
            let grid = try map.tract(id).grid
            return grid.columns != last && grid.rows > 1
        }
        guard let telling else { return map }
        let rows = try await queryDimensionRecords(
            "patch",
            where: "skymap = :name AND tract = \(telling) AND patch.cell_x = 0 AND patch.cell_y = 1",
            binds: ["name": .value(.string(name))]
        )
        return rows.first?["patch"] == .int(Int64(last)) ? try map.numbered(.byLastTract) : map
    }
}
