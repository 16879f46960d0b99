internal import Resources

/// Writes whole files from memory.
enum FileWriter {
    /// Writes bytes to a file that does not exist.
    static func write(_ bytes: [UInt8], to path: String) throws {
        try FileStore().write(bytes, to: ResourcePath(localPath: path), overwrite: false)
    }
}
