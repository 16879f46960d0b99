import StewardCore

extension FileTransfer {
    /// Transfers one file of any store to a local path.
    ///
    /// A file that is not local is copied, with ``TransferMode/copy`` and ``TransferMode/auto``: it appears complete or
    /// not at all, and is as durable as a copy of a local file. Source: `lsst.resources: file.py`.
    ///
    /// - Parameters:
    ///   - source: A file.
    ///   - target: The local path to make.
    ///   - mode: A mode that makes a file.
    ///   - stores: The stores by scheme.
    /// - Returns: Size and checksum of the file, and the mode used.
    /// - Throws: As ``run(_:to:mode:)``; ``ButlerError`` with `.invalidArgument` for a link to a file that is not local,
    ///   or a move of one.
    public func run(
        _ source: ResourcePath,
        to target: ResourcePath,
        mode: TransferMode,
        stores: ResourceStores
    ) throws -> Outcome {
        guard source.scheme != .file else { return try run(source, to: target, mode: mode) }
        guard mode == .copy || mode == .auto else {
            throw ButlerError(
                .invalidArgument,
                "\"\(source)\" is not a local file: the transfer mode \"\(mode.rawValue)\" cannot be used.",
                remedy: "Use copy, auto or direct."
            )
        }
        let store = try stores.store(for: source)
        let content = try FileStore.replace(
            target,
            overwrite: overwrite,
            rollback: rollback,
            durability: durability
        ) { temporary in
            try store.download(source, to: temporary, checksum: checksum)
        }
        return Outcome(mode: .copy, size: content.size, checksum: content.checksum)
    }
}
