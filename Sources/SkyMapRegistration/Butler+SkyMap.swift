internal import Datasets
internal import Dimensions
public import SkyMaps
public import Steward
internal import StewardCore

extension Butler {
    /// The sky map of a name, from its dataset.
    ///
    /// - Parameters:
    ///   - name: Name of the sky map.
    ///   - collections: Collections that hold it; the run `skymaps` if empty.
    /// - Returns: The sky map.
    /// - Throws: ``ButlerError`` with `.dataIDValue` if no sky map has the name, `.datasetNotFound` if its dataset is not
    ///   there, `.conflictingDefinition` if the dataset is not the sky map that is registered, `.corruptFile`; database
    ///   and file errors.
    public func skyMap(_ name: String, collections: [String] = []) async throws -> SkyMap {
        let stored = try await records(of: "skymap")
        guard let record = stored.first(where: { $0["name"] == .string(name) }) else {
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
        let object = try await get(
            SkyMap.datasetType,
            ["skymap": .string(name)],
            collections: collections.isEmpty ? [SkyMap.run] : collections
        )
        guard let map = object as? SkyMap else {
            throw ButlerError(.formatter, "The dataset of the sky map \"\(name)\" is a \(type(of: object)).")
        }
        guard record["hash"] == .bytes(map.hash) else {
            throw ButlerError(
                .conflictingDefinition,
                "The dataset of the sky map \"\(name)\" is another sky map than the one that is registered."
            )
        }
        return map
    }
}
