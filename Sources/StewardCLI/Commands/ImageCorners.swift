internal import FITS
internal import SphericalGeometry
internal import Steward
internal import StewardCore

/// Directions of the corners of images in a repository, from their components `wcs` and `bbox`.
struct ImageCorners {
    private let butler: Butler

    init(_ butler: Butler) {
        self.butler = butler
    }

    /// Four directions for each image.
    ///
    /// - Parameter images: Datasets with the components.
    /// - Returns: The directions.
    /// - Throws: ``ButlerError`` with `.unknownComponent` for other datasets, `.formatter` and `.invalidArgument` for images
    ///   without a place on the sky; what reading throws.
    func directions(of images: [DatasetRef]) async throws -> [UnitVector3D] {
        var directions: [UnitVector3D] = []
        for image in images {
            let box = try await butler.get(try image.component("bbox", in: butler.storageClasses))
            let wcs = try await butler.get(try image.component("wcs", in: butler.storageClasses))
            guard let box = box as? PixelBox, let mapping = wcs as? SkyMapping else {
                throw ButlerError(.formatter, "The image \(image) has no box or no place on the sky.")
            }
            let low = SIMD2(Double(box.xMin) - 0.5, Double(box.yMin) - 0.5)
            let high = SIMD2(Double(box.xMax) + 0.5, Double(box.yMax) + 0.5)
            for sky in mapping.sky([low, SIMD2(high[0], low[1]), high, SIMD2(low[0], high[1])]) {
                directions.append(UnitVector3D(try LonLat(degrees: sky[0], sky[1])))
            }
        }
        return directions
    }
}

extension Butler {
    /// The name of a registered instrument from its name, its class name or the last word of that.
    ///
    /// - Parameter word: The word.
    /// - Returns: The name.
    /// - Throws: ``ButlerError`` with `.dataIDValue` if no instrument is meant; database errors.
    func instrumentName(_ word: String) async throws -> String {
        var names: [String] = []
        for record in try await records(of: "instrument") {
            guard case .string(let name)? = record["name"] else { continue }
            if name == word { return name }
            if case .string(let type)? = record["class_name"], type == word || type.hasSuffix("." + word) {
                return name
            }
            names.append(name)
        }
        throw ButlerError(
            .dataIDValue,
            "No instrument \"\(word)\" is registered in this repository.",
            candidates: Candidates.nearest(to: word, in: names)
        )
    }
}
