internal import CFITSIO
internal import StewardCore

/// An open FITS file.
///
/// One handle for one user at a time: the type is not `Sendable`, so that the compiler keeps it inside one task. Several
/// readers open several handles. Positions of header-data units count from 0. Calls block; keep them off the cooperative
/// thread pool where files may be large or remote.
public final class FITSFile {
    /// Path or other name of the file, as error messages show it.
    public let name: String
    /// The C handle; nil once closed.
    private var handle: OpaquePointer?
    /// Headers read so far, by position.
    private var units: [Int: FITSHDU] = [:]
    /// Whether something was written since the headers were read.
    private(set) var hasChanged = false

    private init(name: String, _ open: (UnsafeMutablePointer<OpaquePointer?>) -> Int32) throws {
        self.name = name
        cfits_clear_messages()
        let status = open(&handle)
        guard status == 0 else { throw Self.openFailure(status, name) }
    }

    deinit {
        if let handle { cfits_close(handle) }
    }

    // MARK: Opening and closing

    /// Opens a file for reading; plain, compressed with gzip, or with compressed tiles.
    ///
    /// - Parameter path: Path of a local file; characters have no special meaning.
    /// - Throws: `ButlerError` of code `fileNotFound`, `fileAccess` or `corruptFile`.
    public convenience init(reading path: String) throws {
        try LocalFile.check(path)
        try self.init(name: path) { cfits_open(path, 0, $0) }
    }

    /// Opens a file for adding units and changing headers.
    ///
    /// - Parameter path: Path of a local file.
    /// - Throws: `ButlerError` of code `fileNotFound`, `fileAccess` or `corruptFile`.
    public convenience init(updating path: String) throws {
        try LocalFile.check(path)
        try self.init(name: path) { cfits_open(path, 1, $0) }
    }

    /// Creates a file.
    ///
    /// The file grows as units are added: write to a temporary name and rename it once ``close()`` succeeded.
    ///
    /// - Parameter path: Path at which nothing exists yet.
    /// - Throws: `ButlerError` of code `fileAccess`.
    public convenience init(creating path: String) throws {
        try self.init(name: path) { cfits_create(path, $0) }
    }

    /// Opens a file held in memory for reading.
    ///
    /// - Parameters:
    ///   - bytes: The whole file, not compressed with gzip.
    ///   - name: Its name for error messages.
    /// - Throws: `ButlerError` of code `corruptFile`.
    public convenience init(bytes: [UInt8], name: String) throws {
        try self.init(name: name) { handle in
            bytes.withUnsafeBytes { cfits_open_bytes($0.baseAddress, $0.count, handle) }
        }
    }

    /// Creates a file in memory, to be taken out by ``bytes()``.
    ///
    /// - Parameter name: A name for error messages.
    /// - Throws: `ButlerError` of code `fileAccess`.
    public convenience init(creatingInMemory name: String) throws {
        try self.init(name: name) { cfits_create_bytes($0) }
    }

    /// The bytes of a file created in memory.
    ///
    /// - Returns: The whole file so far.
    /// - Throws: `ButlerError` of code `fileAccess`.
    public func bytes() throws -> [UInt8] {
        var start: UnsafeRawPointer?
        var count = 0
        try call("finish") { cfits_bytes($0, &start, &count) }
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Writes what is pending and closes the file; further calls on it fail.
    ///
    /// - Throws: `ButlerError` of code `fileAccess` when the last data could not be written.
    public func close() throws {
        guard let handle else { return }
        self.handle = nil
        cfits_clear_messages()
        let status = cfits_close(handle)
        guard status == 0 else { throw failure(status, "close") }
    }

    // MARK: Header-data units

    /// Number of header-data units; reads all headers.
    public var count: Int {
        get throws {
            var count: Int32 = 0
            try call("count the units of") { cfits_count($0, &count) }
            return Int(count)
        }
    }

    /// One header-data unit.
    ///
    /// - Parameter index: Position from 0.
    /// - Returns: Its header and kind.
    /// - Throws: `ButlerError` of code `corruptFile` if there is none or its header is malformed.
    public func unit(_ index: Int) throws -> FITSHDU {
        if let unit = units[index] { return unit }
        if hasChanged {
            // cfitsio brings sizes in headers up to date when it writes what it holds.
            try call("write") { cfits_flush($0) }
            hasChanged = false
        }
        try move(to: index)
        var text: UnsafeMutablePointer<CChar>?
        var cards: Int32 = 0
        defer { if text != nil { cfits_free(text) } }
        try call("read the header of HDU \(index) of") { cfits_header($0, &text, &cards) }
        var parser = CardParser()
        if let text {
            let count = min(Int(cards) * CardParser.length, lengthOf(text))
            _ = parser.add(allOf: UnsafeRawBufferPointer(start: text, count: count))
        }
        let unit = try FITSHDU(index: index, header: FITSHeader(cards: parser.cards, source: name))
        units[index] = unit
        return unit
    }

    /// All header-data units in file order.
    public func allUnits() throws -> [FITSHDU] {
        try (0..<count).map { try unit($0) }
    }

    /// The first header-data unit with a name, or nil.
    ///
    /// - Parameters:
    ///   - name: The `EXTNAME`, in any case.
    ///   - version: The `EXTVER`, or nil for any.
    /// - Returns: The unit, or nil when no unit has that name.
    /// - Throws: `ButlerError` of code `corruptFile` if a header on the way is malformed.
    public func unit(named name: String, version: Int? = nil) throws -> FITSHDU? {
        let wanted = name.uppercased()
        for index in 0..<(try count) {
            let unit = try unit(index)
            if unit.name?.uppercased() == wanted, version == nil || unit.version == version { return unit }
        }
        return nil
    }

    /// Makes a unit the current one of the C handle.
    func move(to index: Int) throws {
        guard index >= 0, index < Int(Int32.max) else { throw missingUnit(index) }
        cfits_clear_messages()
        let status = cfits_move(try openHandle, Int32(index + 1))
        guard status == 0 else { throw status == 107 ? missingUnit(index) : failure(status, "read HDU \(index) of") }
    }

    /// Forgets headers that a change made stale.
    func forgetUnits() {
        units = [:]
        hasChanged = true
    }

    // MARK: Calls and errors

    /// Runs one C function on the handle and turns its status into an error.
    func call(_ action: String, _ body: (OpaquePointer) -> Int32) throws {
        let handle = try openHandle
        cfits_clear_messages()
        let status = body(handle)
        guard status == 0 else { throw failure(status, action) }
    }

    private var openHandle: OpaquePointer {
        get throws {
            guard let handle else {
                throw ButlerError(.fileAccess, "\"\(name)\" is closed.").adding("file", name)
            }
            return handle
        }
    }

    private func missingUnit(_ index: Int) -> ButlerError {
        ButlerError(.corruptFile, "\"\(name)\" has no HDU \(index).", remedy: "Check that the file is complete.")
            .adding("file", name)
    }

    private func failure(_ status: Int32, _ action: String) -> ButlerError {
        Self.failure(status, action, name)
    }

    private func lengthOf(_ text: UnsafeMutablePointer<CChar>) -> Int {
        var length = 0
        while text[length] != 0 { length += 1 }
        return length
    }
}
