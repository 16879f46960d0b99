public import ArgumentParser
public import Datasets
public import Instruments
public import ReferenceCatalogues
public import Resources

extension CollectionKind: ExpressibleByArgument {
    /// The kind that a word in any case names.
    public init?(argument: String) {
        self.init(word: argument)
    }

    /// The words for help and errors.
    public static var allValueStrings: [String] { allCases.map(\.description) }
}

extension TransferMode: ExpressibleByArgument {}

extension RecordConflictRule: ExpressibleByArgument {}

extension VisitGrouping: ExpressibleByArgument {}

extension CatalogueIngest.BadRowRule: ExpressibleByArgument {}
