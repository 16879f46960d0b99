import ButlerConfig
import Datastores
import Formatters
import StewardCore
import Testing

@Suite struct ShippedFormatterTests {
    @Test(
        "names of the reference and their older forms",
        arguments: [
            ("lsst.daf.butler.formatters.yaml.YamlFormatter", "YAMLFormatter"),
            ("lsst.daf.butler.formatters.yamlFormatter.YamlFormatter", "YAMLFormatter"),
            ("lsst.daf.butler.formatters.json.JsonFormatter", "JSONFormatter"),
            ("somewhere.else.JsonFormatter", "JSONFormatter"),
            ("lsst.daf.butler.formatters.astropyTable.AstropyTableFormatter", "ECSVFormatter"),
            ("lsst.pipe.base.formatters.pexConfig.PexConfigFormatter", "TextFormatter"),
            ("lsst.daf.butler.formatters.logs.ButlerLogRecordsFormatter", "LogRecordsFormatter"),
            ("lsst.daf.butler.formatters.packages.PackagesFormatter", "PackagesFormatter"),
            ("lsst.daf.butler.formatters.pickle.PickleFormatter", "OpaqueFormatter"),
        ]
    )
    func names(python: String, swift: String) throws {
        #expect("\(type(of: try FormatterRegistry.shipped.formatter(python)))" == swift)
    }

    @Test("an unknown class is an error that names the known ones")
    func unknown() {
        #expect(throws: ButlerError(.formatter, "")) {
            try FormatterRegistry.shipped.formatter("lsst.daf.butler.formatters.parquet.ParquetFormatter")
        }
    }
}
