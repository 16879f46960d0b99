import FITS
import Formatters
import Foundation
import Steward
import StewardCore

/// Simple master calibrations: medians of the raws of a repository.
struct MasterCalibrations {
    let repository: String
    let run: String

    func make() async throws {
        let butler = try await Butler.open(repository, writeable: true)
        for detector in DetectorModel.names.indices {
            let bias = try await combine("bias", detector, nil, in: butler) { $0 }
            try await put(bias, "bias", detector, nil, in: butler)
            let dark = try await combine("dark", detector, nil, in: butler) { image in
                zip(image, bias).map { ($0 - $1) / 120 }
            }
            try await put(dark, "dark", detector, nil, in: butler)
            for filter in ["SimCam-g", "SimCam-r"] {
                let flat = try await combine("flat", detector, filter, in: butler) { image in
                    zip(image, bias).map(-)
                }
                let level = Self.median(flat)
                try await put(flat.map { $0 / level }, "flat", detector, filter, in: butler)
            }
        }
        print("Put median bias, dark and flats of \(DetectorModel.names.count) detectors into \(run)")
    }

    /// Pixel-wise median of the raws of one kind.
    private func combine(
        _ kind: String,
        _ detector: Int,
        _ filter: String?,
        in butler: Butler,
        _ prepare: ([Float]) -> [Float]
    ) async throws -> [Float] {
        var condition = "instrument = 'SimCam' AND detector = \(detector) AND exposure.observation_type = '\(kind)'"
        if let filter { condition += " AND physical_filter = '\(filter)'" }
        let refs = try await butler.queryDatasets("raw", collections: ["SimCam/raw/all"], where: condition)
        var images: [[Float]] = []
        for ref in refs {
            let image = try await butler.get(ref.component("image", in: butler.storageClasses))
            images.append(prepare(try Self.pixels(image)))
        }
        guard let first = images.first else {
            throw ButlerError(.datasetNotFound, "There are no raws of type \"\(kind)\" for detector \(detector).")
        }
        return first.indices.map { index in Self.median(images.map { $0[index] }) }
    }

    private func put(
        _ pixels: [Float],
        _ type: String,
        _ detector: Int,
        _ filter: String?,
        in butler: Butler
    ) async throws {
        let type = try await butler.datasetType(type)
        var values: [String: DimensionValue] = ["instrument": "SimCam", "detector": .int(Int64(detector))]
        if let filter { values["physical_filter"] = .string(filter) }
        let dataID = try await butler.dataID(values, for: type.dimensions)
        try await butler.put(try Self.image(pixels), as: type, dataID, run: run)
    }

    static func median(_ values: [Float]) -> Float {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    static func pixels(_ object: any Sendable) throws -> [Float] {
        guard let image = DatasetExport.pixels(of: object) else {
            throw ButlerError(.formatter, "\(type(of: object)) is not an image.")
        }
        return image.values
    }

    static func image(_ pixels: [Float]) throws -> Image<Float> {
        let side = DetectorModel.side
        return try Image(box: PixelBox(xMin: 0, yMin: 0, width: side, height: side), pixels: pixels)
    }
}

/// One exposure corrected for bias, dark current and response.
struct ExposureCalibration {
    let repository: String
    let exposure: String
    let collection: String

    func run(into run: String) async throws {
        let butler = try await Butler.open(repository, writeable: true, defaults: .init(collections: [collection]))
        guard let number = Int64(exposure) else {
            throw ButlerError(.invalidArgument, "\"\(exposure)\" is not the number of an exposure.")
        }
        let type = try await butler.datasetType("calibrated")
        for detector in DetectorModel.names.indices {
            let values: [String: DimensionValue] = [
                "instrument": "SimCam", "exposure": .int(number), "detector": .int(Int64(detector)),
            ]
            let dataID = try await butler.dataID(values, for: type.dimensions)
            let record = try await butler.expand([dataID])[0]
            var lookup = values
            lookup["physical_filter"] = record["physical_filter"]
            let raw = try MasterCalibrations.pixels(await butler.get("raw.image", values))
            let bias = try MasterCalibrations.pixels(await butler.get("bias", lookup))
            let dark = try MasterCalibrations.pixels(await butler.get("dark", lookup))
            let flat = try MasterCalibrations.pixels(await butler.get("flat", lookup))
            let pixels = raw.indices.map { (raw[$0] - bias[$0] - 60.5 * dark[$0]) / max(flat[$0], 0.05) }
            try await butler.put(try MasterCalibrations.image(pixels), as: type, dataID, run: run)
        }
        print("Calibrated exposure \(number) into \(run)")
    }
}
