public import Datasets
internal import Resources
internal import StewardCore

extension FileDatastore {
    /// Reads a dataset, or a component of it.
    ///
    /// - Parameters:
    ///   - files: All stored files of the dataset.
    ///   - ref: The dataset; a component's dataset type for a part of it.
    ///   - parameters: What part of it to read.
    /// - Returns: The object, of a type that follows from the formatter and the storage class.
    /// - Throws: ``ButlerError`` with `.fileNotFound`, `.corruptFile`, `.formatter` for an unknown class,
    ///   `.unknownComponent`, `.invalidArgument` for parameters that the storage class does not have.
    public func read(
        _ files: [StoredFile],
        ref: DatasetRef,
        parameters: [String: ReadParameter] = [:]
    ) throws -> any Sendable {
        do {
            if let whole = files.first(where: { $0.component == nil }) {
                try checkConversion(of: whole, to: ref)
                return try read(whole, ref.datasetType.component, ref, parameters)
            }
            guard let component = ref.datasetType.component else { return try assemble(files, ref, parameters) }
            return try read(component, fromParts: files, ref, parameters)
        } catch let error as ButlerError {
            throw error.adding("dataset", ref.description)
        }
    }

    /// Whether reading a dataset takes implied values of its data ID.
    ///
    /// - Parameters:
    ///   - files: All stored files of the dataset.
    ///   - ref: The dataset; a component's dataset type for a part of it.
    /// - Returns: What the formatter of its file says.
    /// - Throws: ``ButlerError`` with `.formatter` for an unknown class.
    public func needsFullDataID(_ files: [StoredFile], ref: DatasetRef) throws -> Bool {
        try files.contains { try rules.reader($0.formatter).needsFullDataID(for: ref.datasetType.component) }
    }

    /// Reads a file, or bytes, as an object of a dataset type, without a repository's record.
    ///
    /// - Parameters:
    ///   - file: Path of a file.
    ///   - contents: Bytes instead of a file.
    ///   - type: Dataset type; its configured formatter reads.
    /// - Returns: The object.
    /// - Throws: ``ButlerError`` with `.corruptFile`, `.fileNotFound`, `.formatter`; `.invalidArgument` without file
    ///   and bytes.
    public func parse(file: String?, contents: [UInt8]?, as type: DatasetType) throws -> any Sendable {
        let source: FileSource
        if let contents {
            source = FileSource(bytes: contents, name: file ?? "standard input")
        } else if let file {
            source = FileSource(path: ResourcePath(localPath: file).path)
        } else {
            throw ButlerError(.invalidArgument, "Neither a file nor its contents were given.")
        }
        let formatter = try rules.rule(for: type, instrument: nil).formatter.get()
        let request = ReadRequest(
            datasetType: type.name,
            storageClass: try storageClasses.storageClass(type.storageClass)
        )
        return try formatter.read(source, request)
    }

    // MARK: Parts

    /// Reads one file that holds a whole dataset.
    private func read(
        _ file: StoredFile,
        _ component: String?,
        _ ref: DatasetRef,
        _ parameters: [String: ReadParameter]
    ) throws -> any Sendable {
        let formatter = try rules.reader(file.formatter)
        let storageClass = try storageClasses.storageClass(file.storageClass)
        let given = try check(parameters, for: storageClass, component)
        var request = ReadRequest(
            datasetType: ref.datasetType.parentName,
            storageClass: storageClass,
            dataID: ref.dataID
        )
        let source = try source(of: file)
        if let component, formatter.readableComponents(of: storageClass).contains(component) {
            request.component = component
        }
        let own = formatter.readableParameters(of: storageClass)
        request.parameters = given.filter { own.contains($0.key) }
        var object = try formatter.read(source, request)
        let rest = given.filter { !own.contains($0.key) }
        let delegate = rules.delegate(of: storageClass)
        if !rest.isEmpty { object = try delegate.select(rest, from: object, storageClass) }
        guard let component, request.component == nil else { return object }
        return try delegate.component(component, of: object, storageClass)
    }

    private func read(
        _ component: String,
        fromParts files: [StoredFile],
        _ ref: DatasetRef,
        _ parameters: [String: ReadParameter]
    ) throws -> any Sendable {
        if let file = files.first(where: { $0.component == component }) { return try read(file, nil, ref, parameters) }
        let name = ref.datasetType.parentStorageClass ?? ref.datasetType.storageClass
        let delegate = rules.delegate(of: try storageClasses.storageClass(name))
        let stored = Set(files.compactMap(\.component))
        guard let source = delegate.source(ofDerived: component, among: stored),
            let file = files.first(where: { $0.component == source })
        else {
            throw ButlerError(
                .unknownComponent,
                "The component \"\(component)\" is not among the stored parts of the dataset.",
                remedy: "Stored are \(stored.sorted().joined(separator: ", "))."
            )
        }
        return try read(file, component, ref, parameters)
    }

    private func assemble(
        _ files: [StoredFile],
        _ ref: DatasetRef,
        _ parameters: [String: ReadParameter]
    ) throws -> any Sendable {
        guard !files.isEmpty else {
            throw ButlerError(.fileNotFound, "No file of the dataset is recorded.", remedy: "It may have been pruned.")
        }
        let storageClass = try storageClasses.storageClass(ref.datasetType.storageClass)
        let delegate = rules.delegate(of: storageClass)
        let given = try check(parameters, for: storageClass, nil)
        var parts: [String: any Sendable] = [:]
        var used: Set<String> = []
        for file in files {
            guard let component = file.component else { continue }
            let own = try storageClasses.storageClass(file.storageClass).parameters
            used.formUnion(own)
            parts[component] = try read(file, nil, ref, given.filter { own.contains($0.key) })
        }
        // Each parameter is obeyed once: by the parts that have it, else by the whole.
        let rest = given.filter { !used.contains($0.key) }
        let whole = try delegate.assemble(parts, storageClass)
        return rest.isEmpty ? whole : try delegate.select(rest, from: whole, storageClass)
    }

    // MARK: Checks

    private func check(
        _ parameters: [String: ReadParameter],
        for storageClass: StorageClass,
        _ component: String?
    ) throws -> [String: ReadParameter] {
        guard !parameters.isEmpty else { return parameters }
        let part = try component.flatMap(storageClass.storageClass(ofComponent:)).map(storageClasses.storageClass)
        let known = storageClass.parameters.union(part?.parameters ?? [])
        guard let unknown = parameters.keys.filter({ !known.contains($0) }).min() else { return parameters }
        throw ButlerError(
            .invalidArgument,
            "Storage class \(storageClass.name) has no read parameter \"\(unknown)\".",
            remedy: known.isEmpty ? "It has none at all." : "It has \(known.sorted().joined(separator: ", ")).",
            candidates: Candidates.nearest(to: unknown, in: known)
        )
    }

    private func checkConversion(of file: StoredFile, to ref: DatasetRef) throws {
        let (stored, wanted) = (file.storageClass, ref.datasetType.storageClass)
        guard ref.datasetType.component == nil, !storageClasses.canConvert(stored, to: wanted) else { return }
        throw ButlerError(
            .storageClass,
            "The dataset was stored as \(stored), which cannot be converted to \(wanted).",
            remedy: "Read it with storage class \(stored)."
        )
    }

    /// Where a formatter reads a stored file, after checking that its size is the recorded one.
    func source(of file: StoredFile) throws -> FileSource {
        let path = StoredPath(file.path)
        let place = try resource(path)
        let size: Int
        let source: FileSource
        if let member = path.member {
            source = try self.source(ofMember: member, of: place)
            size = try zips.directory(of: place, in: stores.store(for: place)).size(of: member)
        } else if place.scheme != .file {
            return FileSource(place, in: try stores.store(for: place), recordedSize: file.byteCount)
        } else if let recorded = file.byteCount, FileDatastore.sizesReadAtOnce.contains(recorded) {
            let content = try FileDatastore.expecting(place) { try FileStore().read(place) }
            (size, source) = (content.count, FileSource(path: place.path, content: content))
        } else {
            guard let info = try FileStore().info(place) else { throw FileDatastore.vanished(place) }
            (size, source) = (info.size, FileSource(path: place.path))
        }
        guard let recorded = file.byteCount, recorded >= 0, recorded != Int64(size) else { return source }
        throw source.corrupt("it has \(size) bytes, but \(recorded) were recorded")
    }

    /// Where the member of a zip file is read.
    func source(ofMember member: String, of place: ResourcePath) throws -> FileSource {
        let store = try stores.store(for: place)
        let directory = try zips.directory(of: place, in: store)
        if let range = try directory.range(ofStored: member) {
            return FileSource(member, at: range, of: place, in: store)
        }
        let name = place.replacingFragment(StoredPath.fragment(member)).description
        return FileSource(bytes: try directory.contents(of: member), name: name)
    }

    /// Files of these recorded sizes are read whole, which checks the size as well.
    private static let sizesReadAtOnce = 0...Int64(65_536)

    private static func expecting<Value>(_ place: ResourcePath, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as ButlerError where error.code == .fileNotFound {
            throw vanished(place)
        }
    }

    private static func vanished(_ place: ResourcePath) -> ButlerError {
        ButlerError(
            .fileNotFound,
            "The file \"\(place)\" of the dataset does not exist.",
            remedy: "It was removed behind the repository's back: restore it, or prune the dataset."
        )
    }
}
