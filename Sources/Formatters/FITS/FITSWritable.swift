internal import Datastores
internal import FITS
internal import StewardCore

/// What can be written in the layout of `lsst.afw`.
protocol FITSWritable: Sendable {
    /// Writes into an empty file.
    func write(to file: FITSFile, _ recipe: FITSWriteRecipe) throws
}

extension AnyImage: FITSWritable {
    func write(to file: FITSFile, _ recipe: FITSWriteRecipe) throws { try file.write(self, recipe: recipe) }
}

extension Image: FITSWritable {
    func write(to file: FITSFile, _ recipe: FITSWriteRecipe) throws {
        guard let image = AnyImage(self) else {
            throw ButlerError(.formatter, "Pixels of type \(Value.self) cannot be written.")
        }
        try image.write(to: file, recipe)
    }
}

extension DecoratedImage: FITSWritable {
    func write(to file: FITSFile, _ recipe: FITSWriteRecipe) throws {
        try file.write(image, metadata: metadata, recipe: recipe)
    }
}

extension Mask: FITSWritable {
    func write(to file: FITSFile, _ recipe: FITSWriteRecipe) throws { try file.write(self, recipe: recipe) }
}

extension MaskedImage: FITSWritable {
    func write(to file: FITSFile, _ recipe: FITSWriteRecipe) throws { try file.write(self, recipe: recipe) }
}

extension Exposure: FITSWritable {
    func write(to file: FITSFile, _ recipe: FITSWriteRecipe) throws { try file.write(self, recipe: recipe) }
}

extension AnyImage {
    /// The image of an object that is one, of whatever pixel type.
    init?(_ object: any Sendable) {
        switch object {
        case let image as AnyImage: self = image
        case let image as Image<UInt8>: self = .uint8(image)
        case let image as Image<Int8>: self = .int8(image)
        case let image as Image<Int16>: self = .int16(image)
        case let image as Image<UInt16>: self = .uint16(image)
        case let image as Image<Int32>: self = .int32(image)
        case let image as Image<UInt32>: self = .uint32(image)
        case let image as Image<Int64>: self = .int64(image)
        case let image as Image<UInt64>: self = .uint64(image)
        case let image as Image<Float>: self = .float32(image)
        case let image as Image<Double>: self = .float64(image)
        default: return nil
        }
    }
}

extension FileFormatter {
    /// Writes a new file, in the layout of `lsst.afw`.
    func writeFITS(_ object: any Sendable, to path: String, _ recipe: FITSWriteRecipe) throws {
        guard canWrite(object), let content = object as? any FITSWritable else { throw unwritable(object) }
        let file = try FITSFile(creating: path)
        try content.write(to: file, recipe)
        try file.close()
    }
}
