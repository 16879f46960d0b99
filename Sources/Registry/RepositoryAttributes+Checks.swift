public import Dimensions
internal import StewardCore

extension RepositoryAttributes {
    /// Checks that this program handles the repository, and says which variant of the tables it has.
    ///
    /// Every manager must have a row and be a known one, and the configured one if the configuration names any.
    /// Versions: the major one must be known; the minor one too, but a reader may be newer; a missing version row
    /// passes, as in the reference. Rows of other programs are ignored.
    ///
    /// - Parameters:
    ///   - configured: Class names from `registry.managers` of the configuration, by role; may be empty.
    ///   - writing: Whether the repository is opened for writing.
    /// - Returns: The variant of the tables.
    /// - Throws: ``ButlerError`` with `.incompatibleRepository` that names the manager, its stored and supported
    ///   versions, and what to do.
    public func format(configured: [String: String] = [:], writing: Bool) throws -> RegistryFormat {
        var stored: [String: KnownManagers.Manager] = [:]
        for role in KnownManagers.requiredRoles {
            stored[role] = try manager(role, configured: configured[role])
        }
        if writing, let name = values[Self.managerKey("obscore")] {
            throw ButlerError(
                .incompatibleRepository,
                "The repository keeps an ObsCore table (\(name)), which this program cannot keep up to date.",
                remedy: "Open it read-only, or write to it with the reference."
            )
        }
        for role in KnownManagers.requiredRoles {
            if let manager = stored[role] { try checkVersion(of: manager, writing: writing) }
        }
        let datasetsVersion = stored["datasets"].flatMap(storedVersion)
        return RegistryFormat(
            collectionKeys: stored["collections"]?.storedName.hasSuffix("NameKeyCollectionManager") == true
                ? .names : .numbers,
            ingestDates: datasetsVersion?.major == 1 ? .timestamps : .nanoseconds
        )
    }

    /// Reads the dimension universe.
    ///
    /// - Returns: The universe that the repository was made with.
    /// - Throws: ``ButlerError`` with `.incompatibleRepository` if there is none, `.configuration` or `.corruptFile` if
    ///   it is malformed.
    public func universe() throws -> DimensionUniverse {
        guard let definition = values[Self.universeKey] else {
            throw ButlerError(
                .incompatibleRepository,
                values.isEmpty
                    ? "The repository has no attributes at all, so its dimensions are unknown."
                    : "The repository has no attribute \"\(Self.universeKey)\", so its dimensions are unknown.",
                remedy: "Restore the row of table butler_attributes from a copy of the database."
            )
        }
        return try DimensionUniverse(definition: definition, source: "attribute \(Self.universeKey) of the repository")
    }

    private func manager(_ role: String, configured: String?) throws -> KnownManagers.Manager {
        guard let name = values[Self.managerKey(role)] else {
            throw ButlerError(
                .incompatibleRepository,
                "The repository does not say which manager its \(role) tables belong to: table butler_attributes has "
                    + "no row \"\(Self.managerKey(role))\".",
                remedy: "Restore the row from a copy of the database."
            )
        }
        let known = KnownManagers.all.filter { $0.role == role }
        guard let manager = known.first(where: { $0.storedName == name }) else {
            throw ButlerError(
                .incompatibleRepository,
                "The repository's \(role) tables belong to the manager \"\(name)\", which this program does not know.",
                remedy: "Known are \(known.map { "\"\($0.storedName)\"" }.joined(separator: ", ")). "
                    + "Use a newer version of this program, or the reference."
            )
        }
        if let configured, KnownManagers.find(role, configured)?.storedName != name {
            throw ButlerError(
                .incompatibleRepository,
                "The configuration names the \(role) manager \"\(configured)\", but the repository has \"\(name)\".",
                remedy: "Correct registry.managers.\(role) in butler.yaml."
            )
        }
        return manager
    }

    private func storedVersion(of manager: KnownManagers.Manager) -> KnownManagers.Version? {
        values[Self.versionKey(manager.storedName)].flatMap(KnownManagers.Version.init)
    }

    private func checkVersion(of manager: KnownManagers.Manager, writing: Bool) throws {
        guard let text = values[Self.versionKey(manager.storedName)] else { return }
        let version = KnownManagers.Version(text)
        let supported = manager.versions.map(\.description).joined(separator: ", ")
        if let version, manager.versions.contains(where: { $0.supports(stored: version, writing: writing) }) { return }
        let isReadable = version.map { stored in
            manager.versions.contains { $0.supports(stored: stored, writing: false) }
        }
        let isOlder = version.map { stored in
            manager.versions.allSatisfy { ($0.major, $0.minor) > (stored.major, stored.minor) }
        }
        let remedy =
            isReadable == true
            ? "Open the repository read-only, or migrate it with the reference's tools."
            : isOlder == true
                ? "Migrate the repository with the reference's tools (butler migrate)."
                : "Use a newer version of this program, or the reference."
        throw ButlerError(
            .incompatibleRepository,
            "The repository's \(manager.role) tables have version \"\(text)\"; this program "
                + "\(writing ? "writes" : "reads") version \(supported).",
            remedy: remedy,
            context: [.init("manager", manager.storedName)]
        )
    }
}
