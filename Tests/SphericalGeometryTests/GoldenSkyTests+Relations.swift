import SphericalGeometry
import Testing

extension GoldenSkyTests {
    @Test("every ordered pair of regions has the same relation and overlap")
    func relationTable() throws {
        for file in try GoldenSky.files(RelationTableFile.self, prefix: "relations") {
            let regions = try file.regions.map { try GoldenSky.region($0.hex) }
            for (i, row) in file.table.enumerated() {
                for (k, answer) in row.enumerated() {
                    let pair = "\(file.regions[i].name) to \(file.regions[k].name)"
                    #expect(regions[i].relate(regions[k]).rawValue == answer.bits, "\(pair)")
                    #expect(regions[i].overlaps(regions[k]).value == answer.overlap, "\(pair)")
                }
            }
        }
    }

    @Test("pairs that share edges, nest or nearly touch have the same relation and overlap")
    func relationPairs() throws {
        for file in try GoldenSky.files(RelationPairsFile.self, prefix: "relations") {
            for item in file.cases {
                let (a, b) = (try GoldenSky.region(item.a), try GoldenSky.region(item.b))
                #expect(a.relate(b).rawValue == item.r.bits, "\(item.a) \(item.b)")
                #expect(a.overlaps(b).value == item.r.overlap, "\(item.a) \(item.b)")
            }
        }
    }
}
