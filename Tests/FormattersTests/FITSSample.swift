import ButlerConfig
import Datasets
import Datastores
import Dimensions
import FITS
import Formatters
import Foundation
import StewardCore
import Testing

/// Files, formatters and requests for the tests of FITS formatters.
enum FITSSample {
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func path(_ name: String) -> String { package.appending(path: "Tests/Fixtures/images/\(name)").path }

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    static func formatter(_ name: String, recipe: String? = nil) throws -> any FileFormatter {
        var options = FormatterOptions(className: name)
        if let recipe { options.parameters["recipe"] = .string(recipe) }
        return try FormatterCatalog.shipped.formatter(options)
    }

    static let exposure = "lsst.obs.base.formatters.fitsExposure.FitsExposureFormatter"
    static let image = "lsst.obs.base.formatters.fitsExposure.FitsImageFormatter"
    static let mask = "lsst.obs.base.formatters.fitsExposure.FitsMaskFormatter"
    static let maskedImage = "lsst.obs.base.formatters.fitsExposure.FitsMaskedImageFormatter"
    static let generic = "lsst.obs.base.formatters.fitsGeneric.FitsGenericFormatter"
    static let tree = "lsst.images.formatters.GenericFormatter"
    static let decam = "lsst.obs.decam.rawFormatter.DarkEnergyCameraRawFormatter"
    static let lsstcam = "lsst.obs.lsst.rawFormatter.LsstCamRawFormatter"

    static func request(
        _ storageClass: String,
        _ component: String? = nil,
        _ parameters: [String: ReadParameter] = [:],
        dataID: DataCoordinate? = nil
    ) throws -> ReadRequest {
        let catalog = StorageClassCatalog(try Defaults.storageClasses())
        return ReadRequest(
            datasetType: "sample",
            storageClass: try catalog.storageClass(storageClass),
            component: component,
            parameters: parameters,
            dataID: dataID
        )
    }

    static func read(_ name: String, _ formatter: String, _ request: ReadRequest) throws -> any Sendable {
        try self.formatter(formatter).read(FileSource(path: path(name)), request)
    }

    /// Runs work with the path of a file that does not exist yet, and removes it.
    static func withPath<Value>(_ suffix: String, _ body: (String) throws -> Value) throws -> Value {
        let path = FileManager.default.temporaryDirectory.path + "/steward-formatters-" + UUID().uuidString + suffix
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    /// Writes an object and reads it again.
    static func roundTrip(
        _ object: any Sendable,
        _ formatter: String,
        _ storageClass: String,
        recipe: String? = nil
    ) throws -> any Sendable {
        let formatter = try self.formatter(formatter, recipe: recipe)
        return try withPath(formatter.fileExtension) { path in
            try formatter.write(object, to: path)
            return try formatter.read(FileSource(path: path), request(storageClass))
        }
    }

    /// The image of ramps 100 · detector + x + 10 · y, 4 × 3 pixels, for each detector, after an empty primary unit.
    static func raw(_ names: [String], at path: String) throws {
        let file = try FITSFile(creating: path)
        try file.appendHeader(FITSHeader([("INSTRUME", "Cam"), ("FILTER", "g")]))
        for (index, name) in names.enumerated() {
            let pixels = (0..<12).map { Int32(100 * (index + 1) + $0 % 4 + 10 * ($0 / 4)) }
            let box = try FITS.PixelBox(xMin: 0, yMin: 0, width: 4, height: 3)
            let header = FITSHeader([
                ("EXTNAME", .string(name)), ("CCDNUM", .integer(Int64(index + 1))), ("FILTER", "r"),
                ("CTYPE1", "RA---TAN"), ("CTYPE2", "DEC--TAN"), ("CRVAL1", 10.0), ("CRVAL2", -5.0), ("CRPIX1", 1.0),
                ("CRPIX2", 1.0), ("CD1_1", 1e-4), ("CD1_2", 0.0), ("CD2_1", 0.0), ("CD2_2", 1e-4),
            ])
            try file.append(Image(box: box, pixels: pixels), header: header)
        }
        try file.close()
    }
}
