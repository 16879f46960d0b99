internal import Databases
internal import Datasets
internal import Dimensions
internal import Synchronization

/// What a process remembers of a repository's tables.
///
/// Collections are remembered for writes only, which verify their keys; dataset types and the records of cached
/// dimensions are read again on a miss, and when others have changed them: see ``RegistryTables/refreshIfChanged(on:)``.
/// What a transaction has changed is not remembered before it has ended: see ``RegistryTables/write(_:on:)``.
final class RegistryCache: Sendable {
    struct State {
        var collections: [String: CollectionRecord] = [:]
        var summaries: [CollectionKey: Set<SummaryItem>] = [:]
        var datasetTypes: DatasetTypeSnapshot?
        var elements: [Int: ElementRecords] = [:]
        /// What is known of the database as long as nobody else changes it.
        var undisturbed = UndisturbedMemory()
        /// How many writes are under way.
        var writers = 0
        /// Cached elements that a write under way has changed.
        var changedElements: Set<Int> = []
        var generation = 0
        var overlapsAreChecked = false
        /// How often everything was forgotten.
        var resets = 0
        /// When it was last found out whether others have changed anything.
        var lastLook = ContinuousClock.now
        /// The state of the tables that memory is true of, by the scope of the mark.
        var marks: [Int: [Int64]] = [:]

        mutating func forget() {
            collections = [:]
            summaries = [:]
            datasetTypes = nil
            elements = [:]
            undisturbed = UndisturbedMemory()
            overlapsAreChecked = false
            generation += 1
            resets += 1
        }
    }

    /// Something that a collection is known to be able to hold.
    enum SummaryItem: Hashable {
        case datasetType(Int64)
        case governor(Int, DimensionValue)
    }

    private let state = Mutex(State())

    // MARK: Collections

    func collection(_ name: String) -> CollectionRecord? {
        state.withLock { $0.collections[name] }
    }

    func remember(_ records: [CollectionRecord]) {
        state.withLock { state in
            for record in records { state.collections[record.name] = record }
        }
    }

    func forget(collection record: CollectionRecord) {
        state.withLock { state in
            state.collections[record.name] = nil
            state.summaries[record.key] = nil
            state.undisturbed = UndisturbedMemory()
        }
    }

    /// Whether a collection's summary is known to cover all of some items.
    func covers(_ items: Set<SummaryItem>, _ key: CollectionKey) -> Bool {
        state.withLock { items.isSubset(of: $0.summaries[key] ?? []) }
    }

    func note(_ items: Set<SummaryItem>, _ key: CollectionKey) {
        state.withLock { $0.summaries[key, default: []].formUnion(items) }
    }

    func forgetSummaries() {
        state.withLock { state in
            state.summaries = [:]
            state.undisturbed = UndisturbedMemory()
        }
    }

    // MARK: Undisturbed writes

    /// Asks or changes what is known in the writes of a mark; no mark, no memory.
    @discardableResult
    func undisturbed<Result>(_ mark: ChangeMark?, _ body: (inout UndisturbedMemory) -> Result) -> Result? {
        guard let mark else { return nil }
        return state.withLock { state in
            if state.undisturbed.mark != mark { state.undisturbed = UndisturbedMemory(mark) }
            return body(&state.undisturbed)
        }
    }

    // MARK: Dataset types

    var datasetTypes: DatasetTypeSnapshot? { state.withLock { $0.datasetTypes } }

    /// How often everything was forgotten; what was read before that must not be kept after it.
    var resets: Int { state.withLock { $0.resets } }

    /// Keeps all dataset types, unless everything has been forgotten since they were read.
    func remember(_ types: DatasetTypeSnapshot, resets: Int) {
        state.withLock { state in
            if state.resets == resets { state.datasetTypes = types }
        }
    }

    func forgetDatasetTypes() {
        state.withLock { state in
            state.datasetTypes = nil
            state.undisturbed = UndisturbedMemory()
        }
    }

    /// Changes the remembered dataset types, if there are any.
    func update(_ change: (inout DatasetTypeSnapshot) -> Void) {
        state.withLock { state in
            // Keys of types that are removed are used again.
            state.undisturbed = UndisturbedMemory()
            guard var snapshot = state.datasetTypes else { return }
            change(&snapshot)
            state.datasetTypes = snapshot
        }
    }

    // MARK: Dimension records

    func records(of element: DimensionElement) -> ElementRecords? {
        state.withLock { $0.elements[element.position] }
    }

    /// Whether a write under way has changed records of an element, so that they cannot be kept.
    func isChanging(_ element: DimensionElement) -> Bool {
        state.withLock { $0.changedElements.contains(element.position) }
    }

    /// Counts changes of records; what was read before a change must not be kept after it.
    var generation: Int { state.withLock { $0.generation } }

    /// Keeps all records of an element, unless some have been changed since they were read, or may yet be.
    func remember(_ records: ElementRecords, generation: Int) {
        state.withLock { state in
            guard state.generation == generation, !state.changedElements.contains(records.element.position) else {
                return
            }
            state.elements[records.element.position] = records
        }
    }

    /// Forgets the records of an element that a write changes.
    func noteChange(of element: DimensionElement) {
        state.withLock { state in
            state.elements[element.position] = nil
            state.undisturbed.forget(element)
            state.generation += 1
            if state.writers > 0 { state.changedElements.insert(element.position) }
        }
    }

    var overlapsAreChecked: Bool {
        get { state.withLock { $0.overlapsAreChecked } }
        set { state.withLock { $0.overlapsAreChecked = newValue } }
    }

    // MARK: Transactions

    func beginWriting() {
        state.withLock { $0.writers += 1 }
    }

    /// Ends a write; one that failed may have put into memory what is not in the database.
    func endWriting(committed: Bool) {
        state.withLock { state in
            state.writers -= 1
            if !committed {
                state.collections = [:]
                state.summaries = [:]
                state.datasetTypes = nil
                state.overlapsAreChecked = false
            }
            if !state.changedElements.isEmpty { state.generation += 1 }
            for position in state.changedElements { state.elements[position] = nil }
            if state.writers == 0 { state.changedElements = [] }
        }
    }

    /// Forgets everything, so that the next reads ask the database.
    func reset() {
        state.withLock { $0.forget() }
    }

    // MARK: Changes by others

    /// Whether it is time to look whether others have changed anything; notes that somebody does.
    func isDue(_ interval: Duration) -> Bool {
        state.withLock { state in
            let now = ContinuousClock.now
            guard now - state.lastLook >= interval else { return false }
            state.lastLook = now
            return true
        }
    }

    /// Forgets everything unless the tables are as they were; says whether it did.
    func forget(unless mark: ChangeMark) -> Bool {
        state.withLock { state in
            guard state.marks[mark.scope] != mark.values else { return false }
            state.marks[mark.scope] = mark.values
            state.forget()
            return true
        }
    }
}
