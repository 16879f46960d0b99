public import Dimensions
public import Foundation
internal import StewardCore

/// Identifier of a dataset.
public typealias DatasetID = UUID

/// How the identifier of a new dataset is made.
public enum DatasetIDMode: String, Sendable, Hashable, CaseIterable {
    /// Version 7: unique, sorted by time.
    case unique = "UNIQUE"
    /// Version 5 of dataset type and data ID: the same wherever the dataset is ingested.
    case dataIDType = "DATAID_TYPE"
    /// Version 5 of dataset type, run and data ID.
    case dataIDTypeRun = "DATAID_TYPE_RUN"
}

/// One dataset of a repository: its type, data ID, run and identifier.
public struct DatasetRef: Sendable {
    /// Dataset type; a component's for a part of a dataset.
    public let datasetType: DatasetType
    /// Data ID with the dataset type's dimensions.
    public let dataID: DataCoordinate
    /// Name of the RUN collection that holds it.
    public let run: String
    /// Identifier; a component has its composite's.
    public let id: DatasetID

    /// Refers to an existing dataset.
    public init(_ datasetType: DatasetType, _ dataID: DataCoordinate, run: String, id: DatasetID) {
        self.datasetType = datasetType
        self.dataID = dataID
        self.run = run
        self.id = id
    }

    /// Refers to a new dataset.
    ///
    /// - Parameters:
    ///   - datasetType: Dataset type.
    ///   - dataID: Data ID with the dataset type's dimensions.
    ///   - run: Name of the run it will be in.
    ///   - mode: How to make the identifier.
    public init(_ datasetType: DatasetType, _ dataID: DataCoordinate, run: String, mode: DatasetIDMode = .unique) {
        let id = Self.makeID(mode, datasetType.parentName, dataID, run: run)
        self.init(datasetType, dataID, run: run, id: id)
    }

    /// Namespace of version 5 dataset identifiers (`daf_butler: _dataset_ref.py`).
    private static let namespace = UUID(
        uuid: (0x84, 0x0B, 0x31, 0xD9, 0x05, 0xCD, 0x51, 0x61, 0xB2, 0xC8, 0x00, 0xD3, 0x2B, 0x28, 0x0D, 0x0F)
    )

    private static func makeID(
        _ mode: DatasetIDMode,
        _ datasetType: String,
        _ dataID: DataCoordinate,
        run: String
    ) -> DatasetID {
        var name = "dataset_type=\(datasetType)"
        switch mode {
        case .unique: return .version7()
        case .dataIDType: break
        case .dataIDTypeRun: name += ",run=\(run)"
        }
        let required = zip(dataID.group.required.map(\.name), dataID.values).sorted { $0.0 < $1.0 }
        for (dimension, value) in required { name += ",\(dimension)=\(value)" }
        return UUID(version5: namespace, name: name)
    }

    /// The same dataset with records attached to its data ID.
    public func expanded(_ dataID: DataCoordinate) -> DatasetRef {
        DatasetRef(datasetType, dataID, run: run, id: id)
    }

    /// A component of this dataset.
    ///
    /// - Parameters:
    ///   - component: Name of the component.
    ///   - catalog: The repository's storage classes.
    /// - Returns: A reference with the component's dataset type and the same identifier.
    /// - Throws: ``ButlerError`` with `.unknownComponent`.
    public func component(_ component: String, in catalog: StorageClassCatalog) throws -> DatasetRef {
        DatasetRef(try datasetType.component(component, in: catalog), dataID, run: run, id: id)
    }
}

extension DatasetRef: Hashable, CustomStringConvertible {
    /// References are equal when dataset type, data ID and identifier are.
    public static func == (left: DatasetRef, right: DatasetRef) -> Bool {
        left.id == right.id && left.datasetType == right.datasetType && left.dataID == right.dataID
    }

    /// Feeds the identifier to the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
    }

    /// The form the reference prints: `TYPE@DATAID [sc=CLASS] (run=RUN id=ID)`.
    public var description: String {
        "\(datasetType.name)@\(dataID) [sc=\(datasetType.storageClass)] (run=\(run) id=\(id.dashed))"
    }
}

/// A file outside the repository with the datasets it holds.
public struct FileDataset: Sendable, Hashable {
    /// Path or URI of the file.
    public var path: String
    /// Datasets in the file; several share it when their parts are told apart by the formatter.
    public var refs: [DatasetRef]
    /// Class name of the formatter, as stored in records; nil for the configured one.
    public var formatter: String?

    /// Creates a description of a file to ingest.
    public init(path: String, refs: [DatasetRef], formatter: String? = nil) {
        self.path = path
        self.refs = refs
        self.formatter = formatter
    }
}
