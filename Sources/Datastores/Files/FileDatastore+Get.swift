public import Datasets
internal import Resources
internal import StewardCore

extension FileDatastore {
    /// Reads a dataset, or a component of one.
    ///
    /// Formatters and storage classes are those of the records; the configuration does not matter. A component is read
    /// from its own file, by a formatter that can read it alone, or taken from the whole object. Parameters that the
    /// formatter does not heed are applied to the object by the storage class's delegate, each parameter once. Source:
    /// `daf_butler: datastores/file_datastore/get.py`.
    ///
    /// - Parameters:
    ///   - ref: What is wanted: its dataset type may be a component's, and its storage class another one than that of
    ///     the records, into which the object is converted then.
    ///   - infos: The records of the dataset.
    ///   - parameters: Parameters of the read.
    /// - Returns: The object.
    /// - Throws: ``ButlerError`` with `.datasetNotFound` without records, `.fileNotFound`, `.corruptFile` for a file that
    ///   does not fit its format or recorded size, `.formatter` for a class that is not known, `.unknownComponent`,
    ///   `.invalidArgument` for an unknown parameter, `.storageClass` if it cannot be converted.
    public func get(
        _ ref: DatasetRef,
        _ infos: [StoredFileInfo],
        parameters: ReadParameters = ReadParameters()
    ) async throws -> any Sendable {
        try await BlockingWork.run { try DatasetReader(self, ref, parameters).read(infos) }
    }

    /// Access to the bytes of a record's file, its size checked.
    ///
    /// - Parameter info: The record.
    /// - Returns: Access to the file.
    /// - Throws: ``ButlerError`` with `.fileNotFound`, or `.corruptFile` if the size is not the recorded one.
    func source(of info: StoredFileInfo) throws -> ArtifactSource {
        let place = try location(of: info)
        guard info.zipMember == nil else {
            throw ButlerError(
                .fileAccess,
                "\"\(place)\" is a member of a zip file, which this version cannot read in place.",
                remedy: "Unpack the zip file and ingest its members."
            )
        }
        let store = try stores.store(for: place)
        guard let found = try store.info(place), !found.isDirectory else {
            throw ButlerError(
                .fileNotFound,
                "The file \"\(place)\" of the dataset has vanished.",
                remedy: "Restore it, or remove the dataset from the repository."
            )
        }
        if let recorded = info.byteCount, recorded >= 0, recorded != found.size {
            throw ButlerError(
                .corruptFile,
                "The file \"\(place)\" has \(found.size) bytes, but \(recorded) were recorded.",
                remedy: "It was changed or truncated after it was stored; restore it from a copy."
            )
        }
        return ArtifactSource(place, store: store)
    }
}

/// Reads one dataset from its files.
struct DatasetReader {
    private let datastore: FileDatastore
    /// What is wanted.
    private let ref: DatasetRef
    private let parameters: ReadParameters

    init(_ datastore: FileDatastore, _ ref: DatasetRef, _ parameters: ReadParameters) {
        self.datastore = datastore
        self.ref = ref
        self.parameters = parameters
    }

    private var component: String? { ref.datasetType.component }

    func read(_ infos: [StoredFileInfo]) throws -> any Sendable {
        guard let first = infos.first else {
            throw ButlerError(
                .datasetNotFound,
                "The datastore \"\(datastore.name)\" has no file of \(ref).",
                remedy: "The dataset is registered, but was never stored here or was removed."
            )
        }
        do {
            if let whole = infos.first(where: { $0.component == nil }) {
                return try component.map { try part($0, of: whole) } ?? converted(try file(whole, nil), whole)
            }
            guard let component else { return try assembled(infos) }
            if let own = infos.first(where: { $0.component == component }) {
                return try converted(try file(own, nil), own)
            }
            return try derived(component, infos)
        } catch let error as ButlerError {
            throw error.adding("dataset", ref.description).adding("file", first.path)
        }
    }

    // MARK: One file

    /// What a file holds, or a component of it, with the parameters applied.
    private func file(
        _ info: StoredFileInfo,
        _ component: String?,
        resultClass: String? = nil
    ) throws -> any Sendable {
        let storageClass = try datastore.storageClasses.storageClass(info.storageClass)
        let formatter = try datastore.formatters.formatter(info.formatter)
        let heeded = formatter.readParameters(of: storageClass)
        try parameters.check(
            component == nil ? heeded.union(storageClass.parameters) : heeded,
            of: "The storage class \"\(storageClass.name)\""
        )
        let request = ReadRequest(
            ref: ref,
            storageClass: storageClass,
            component: component,
            resultClass: try resultClass.map { try datastore.storageClasses.storageClass($0) },
            parameters: parameters.only(heeded)
        )
        let object = try formatter.read(try datastore.source(of: info), request)
        let rest = parameters.without(heeded)
        guard !rest.isEmpty else { return object }
        return try delegate(storageClass).applying(rest, to: object, storageClass)
    }

    /// A component of a file that holds the whole.
    private func part(_ component: String, of info: StoredFileInfo) throws -> any Sendable {
        let storageClass = try datastore.storageClasses.storageClass(info.storageClass)
        guard let written = storageClass.storageClass(ofComponent: component) else {
            return try partOfConverted(component, of: info, storageClass)
        }
        let formatter = try datastore.formatters.formatter(info.formatter)
        if formatter.readableComponents(of: storageClass).contains(component) {
            let object = try file(info, component, resultClass: written)
            return try converted(object, from: written, to: ref.datasetType.storageClass)
        }
        let part = try delegate(storageClass).component(component, of: try file(info, nil), storageClass)
        return try converted(try present(part, component), from: written, to: ref.datasetType.storageClass)
    }

    /// A component that only the storage class asked for has, not the one that was written.
    private func partOfConverted(
        _ component: String,
        of info: StoredFileInfo,
        _ storageClass: StorageClass
    ) throws -> any Sendable {
        guard let name = ref.datasetType.parentStorageClass, name != storageClass.name else {
            throw ButlerError(
                .unknownComponent,
                "The storage class \"\(storageClass.name)\" has no component \"\(component)\".",
                candidates: Candidates.nearest(to: component, in: storageClass.componentNames)
            )
        }
        let wanted = try datastore.storageClasses.storageClass(name)
        let whole = try converted(try file(info, nil), from: storageClass.name, to: name)
        return try present(try delegate(wanted).component(component, of: whole, wanted), component)
    }

    // MARK: Several files

    /// A composite put together from the files of its components.
    private func assembled(_ infos: [StoredFileInfo]) throws -> any Sendable {
        let storageClass = try datastore.storageClasses.storageClass(ref.datasetType.storageClass)
        var used: Set<String> = []
        var known = storageClass.parameters
        for info in infos {
            let partClass = try datastore.storageClasses.storageClass(info.storageClass)
            let heeded = try datastore.formatters.formatter(info.formatter).readParameters(of: partClass)
            used.formUnion(heeded.intersection(parameters.names))
            known.formUnion(heeded)
        }
        try parameters.check(known, of: "The storage class \"\(storageClass.name)\"")
        let parts = try BlockingWork.map(infos) { info in
            let partClass = try datastore.storageClasses.storageClass(info.storageClass)
            let formatter = try datastore.formatters.formatter(info.formatter)
            let heeded = parameters.only(formatter.readParameters(of: partClass))
            let request = ReadRequest(ref: ref, storageClass: partClass, parameters: heeded)
            return (info.component ?? "", try formatter.read(try datastore.source(of: info), request))
        }
        let delegate = delegate(storageClass)
        let whole = try delegate.assemble(Dictionary(parts, uniquingKeysWith: { $1 }), storageClass)
        let rest = parameters.without(used)
        return rest.isEmpty ? whole : try delegate.applying(rest, to: whole, storageClass)
    }

    /// A component that is computed from one of the stored ones.
    private func derived(_ component: String, _ infos: [StoredFileInfo]) throws -> any Sendable {
        let stored = Set(infos.compactMap(\.component))
        let parent = try datastore.storageClasses.storageClass(
            ref.datasetType.parentStorageClass ?? ref.datasetType.storageClass
        )
        let delegate = delegate(parent)
        guard let name = delegate.source(ofDerived: component, among: stored),
            let info = infos.first(where: { $0.component == name })
        else {
            throw ButlerError(
                .unknownComponent,
                "The component \"\(component)\" was not stored and cannot be derived from what was.",
                remedy: "Stored are \(stored.sorted().joined(separator: ", ")).",
                candidates: Candidates.nearest(to: component, in: stored)
            )
        }
        let partClass = try datastore.storageClasses.storageClass(info.storageClass)
        let formatter = try datastore.formatters.formatter(info.formatter)
        if formatter.readableComponents(of: partClass).contains(component) {
            return try file(info, component, resultClass: ref.datasetType.storageClass)
        }
        return try present(try delegate.component(component, of: try file(info, nil), partClass), component)
    }

    // MARK: Conversions

    private func delegate(_ storageClass: StorageClass) -> any StorageClassDelegate {
        datastore.formatters.delegate(storageClass.delegate)
    }

    private func converted(_ object: any Sendable, _ info: StoredFileInfo) throws -> any Sendable {
        try converted(object, from: info.storageClass, to: ref.datasetType.storageClass)
    }

    private func converted(_ object: any Sendable, from source: String, to target: String) throws -> any Sendable {
        guard source != target else { return object }
        let (from, to) = (
            try datastore.storageClasses.storageClass(source), try datastore.storageClasses.storageClass(target)
        )
        guard datastore.storageClasses.canConvert(source, to: target) else {
            throw ButlerError(
                .storageClass,
                "A \"\(source)\" cannot be converted to \"\(target)\".",
                remedy: "Read it as \"\(source)\"."
            )
        }
        return try delegate(to).converted(object, from: from, to: to)
    }

    private func present(_ part: (any Sendable)?, _ component: String) throws -> any Sendable {
        if let part { return part }
        throw ButlerError(
            .datasetNotFound,
            "The dataset has no \"\(component)\".",
            remedy: "Read the whole dataset to see what it has."
        )
    }
}
