internal import Datasets
internal import Dimensions
internal import StewardCore
internal import Synchronization

/// How new datasets of one type (and instrument) are stored.
final class StorageRule: Sendable {
    /// Makes the path.
    let template: BoundTemplate
    /// Class and parameters of the formatter; an error if none is configured, so that files can still be ingested.
    let options: Result<FormatterOptions, ButlerError>
    /// Rules of the components, if composites are stored in parts; each with its dataset type.
    let components: [(type: DatasetType, rule: StorageRule)]?
    /// The formatter; an error if its class is not known here, so that files can still be ingested.
    let formatter: Result<any FileFormatter, ButlerError>

    init(
        template: BoundTemplate,
        options: Result<FormatterOptions, ButlerError>,
        components: [(type: DatasetType, rule: StorageRule)]?,
        formatter: Result<any FileFormatter, ButlerError>
    ) {
        self.template = template
        self.options = options
        self.components = components
        self.formatter = formatter
    }
}

/// Rules made from the configuration when they are first needed.
final class StorageRules: Sendable {
    private struct Key: Hashable {
        let type: DatasetType
        let instrument: String?
    }

    private let templates: FileTemplates
    private let choice: FormatterChoice
    private let composites: CompositeChoice
    private let constraints: Constraints
    private let storageClasses: StorageClassCatalog
    private let catalog: FormatterCatalog
    private let rules = Mutex<[Key: StorageRule]>([:])
    private let readers = Mutex<[String: any FileFormatter]>([:])

    init(
        templates: FileTemplates,
        choice: FormatterChoice,
        composites: CompositeChoice,
        constraints: Constraints,
        storageClasses: StorageClassCatalog,
        catalog: FormatterCatalog
    ) {
        self.templates = templates
        self.choice = choice
        self.composites = composites
        self.constraints = constraints
        self.storageClasses = storageClasses
        self.catalog = catalog
    }

    /// The rule for a dataset.
    func rule(for ref: DatasetRef) throws -> StorageRule {
        try rule(for: ref.datasetType, instrument: ref.dataID["instrument"]?.string)
    }

    /// The rule for datasets of a type.
    func rule(for type: DatasetType, instrument: String?) throws -> StorageRule {
        let key = Key(type: type, instrument: instrument)
        if let known = rules.withLock({ $0[key] }) { return known }
        let rule = try make(type, instrument)
        rules.withLock { $0[key] = rule }
        return rule
    }

    private func make(_ type: DatasetType, _ instrument: String?) throws -> StorageRule {
        try constraints.check(type, instrument: instrument)
        let storageClass = try storageClasses.storageClass(type.storageClass)
        var components: [(type: DatasetType, rule: StorageRule)]?
        if storageClass.isComposite, composites.disassembles(type, instrument: instrument) {
            components = try storageClass.components.keys.sorted().map { name in
                let part = try type.component(name, in: storageClasses)
                return (part, try rule(for: part, instrument: instrument))
            }
        }
        let template = try templates.template(for: type, instrument: instrument)
        let options = Result { () throws(ButlerError) in try choice.options(for: type, instrument: instrument) }
        return StorageRule(
            template: try BoundTemplate(template, for: type),
            options: options,
            components: components,
            formatter: options.flatMap { options in
                Result { try catalog.formatter(options) }.mapError { error in
                    error as? ButlerError ?? ButlerError(.formatter, "\(error)")
                }
            }
        )
    }

    /// The formatter that reads files of a class, with the parameters that hold without configuration.
    func reader(_ className: String) throws -> any FileFormatter {
        if let known = readers.withLock({ $0[className] }) { return known }
        let formatter = try catalog.formatter(FormatterOptions(className: className))
        readers.withLock { $0[className] = formatter }
        return formatter
    }

    /// The delegate of a storage class.
    func delegate(of storageClass: StorageClass) -> any StorageClassDelegate {
        catalog.delegate(of: storageClass.pythonType)
    }
}
