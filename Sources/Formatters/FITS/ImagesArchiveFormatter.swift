internal import ButlerConfig
public import Datasets
public import Datastores
internal import FITS
internal import Foundation
internal import StewardCore

/// Files of `lsst.images`, FITS or JSON: a tree with images.
///
/// Images, masks, masked images and visit images are read as ``TreeContent``, which keeps what the tree has beside the
/// pixels; sky projections as ``SkyMapping``; trees of other schemas as ``JSONValue``. Components are read without the
/// others, `bbox` without the other pixels.
public struct ImagesArchiveFormatter: FileFormatter {
    /// The reference's class, with its former names.
    public static let referenceNames =
        ["lsst.images.formatters.GenericFormatter", "lsst.images.json.formatters.GenericFormatter"]
        + ["Generic", "Image", "MaskedImage", "VisitImage", "CellCoadd"].map {
            "lsst.images.fits.formatters.\($0)Formatter"
        }

    /// `.fits`, or `.json` where the write parameter `format` asks for it.
    public let fileExtension: String
    /// FITS and JSON.
    public let supportedExtensions = FITSSuffix.all.union([".json"])
    /// Types that can be written.
    public let writtenTypes = "TreeContent, MaskedImage, Mask, AnyImage and Image, to FITS"
    private let recipe: FITSWriteRecipe

    /// Creates the formatter.
    public init(_ options: FormatterOptions) throws {
        let isJSON = options.parameters["format"]?.string == "json" || options.className.contains(".json.")
        fileExtension = isJSON ? ".json" : ".fits"
        recipe = try FITSWriteRecipe(options, lossy: .treeLossy16(seed: 1))
    }

    /// Whether an object has one of the types that are written.
    public func canWrite(_ object: any Sendable) -> Bool { fileExtension == ".fits" && TreeContent(object) != nil }

    /// All components of the storage class.
    public func readableComponents(of storageClass: StorageClass) -> Set<String> { Set(storageClass.componentNames) }

    /// `bbox`.
    public func readableParameters(of storageClass: StorageClass) -> Set<String> {
        storageClass.parameters.intersection(["bbox"])
    }

    /// The whole tree, a box of its pixels, or one component.
    public func read(_ source: FileSource, _ request: ReadRequest) throws -> any Sendable {
        try source.withFile { path in
            let file = try TreeFile(reading: path)
            let box = try request.box { .zero }
            guard let name = request.component else { return try ImagesArchiveFormatter.whole(file, box: box) }
            guard let value = try file.component(TreeComponent(named: name), box: box) else {
                throw request.missing(name, in: file.name)
            }
            return try value.object
        }
    }

    /// The whole tree, or all of it with a box of the pixels.
    static func whole(_ file: TreeFile, box: FITS.PixelBox?) throws -> any Sendable {
        switch file.schema {
        case "image": return TreeContent(carrying: file, planes: .image(try file.image(box)))
        case "mask": return TreeContent(carrying: file, planes: .mask(try file.mask(box)))
        case "masked_image", "visit_image":
            return TreeContent(carrying: file, planes: .maskedImage(try file.maskedImage(box)))
        case "sky_projection":
            if let mapping = try file.skyProjection() { return mapping }
            fallthrough
        default:
            guard box == nil else {
                throw ButlerError(
                    .formatter,
                    "The pixels of schema \"\(file.schema)\" are not known.",
                    remedy: "Read the whole tree, or copy the file as it is."
                ).adding("file", file.name)
            }
            return try JSONValue(parsing: Array(file.root.text.utf8), source: file.name)
        }
    }

    /// Writes a new FITS file.
    public func write(_ object: any Sendable, to path: String) throws {
        guard canWrite(object), let content = TreeContent(object) else { throw unwritable(object) }
        let file = try FITSFile(creating: path)
        let date = Date().ISO8601Format().dropLast()
        try file.write(content, date: String(date), recipe: recipe)
        try file.close()
    }
}

extension TreeContent {
    /// What is written of an object that has pixels.
    init?(_ object: any Sendable) {
        switch object {
        case let content as TreeContent: self = content
        case let image as MaskedImage: self.init(.maskedImage(image))
        case let mask as Mask: self.init(.mask(mask))
        default:
            guard let image = AnyImage(object) else { return nil }
            self.init(.image(image))
        }
    }
}

extension TreeComponentValue {
    /// The value by itself.
    var object: any Sendable {
        get throws {
            switch self {
            case .image(let value): return value
            case .mask(let value): return value
            case .maskedImage(let value): return value
            case .bbox(let value): return value
            case .bounds(let value): return value
            case .unit(let value): return value
            case .skyProjection(let value): return value
            case .psf(let value): return value
            case .field(let value): return value
            case .fields(let value): return value
            case .tree(let node): return try JSONValue(parsing: Array(node.text.utf8), source: "tree")
            }
        }
    }
}
