internal import ArgumentParser
internal import Steward
internal import StewardCore

/// `collection-chain`: what a chain holds, in which order.
struct CollectionChainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collection-chain",
        abstract: "Define or change a collection chain.",
        discussion: """
            Examples:
              steward collection-chain REPO HSC/defaults HSC/raw/all,HSC/calib skymaps
              steward collection-chain REPO --mode pop HSC/defaults -- -1
            """
    )

    /// What happens to the chain.
    enum Mode: String, CaseIterable, ExpressibleByArgument {
        case redefine
        case extend
        case remove
        case prepend
        case pop
    }

    @OptionGroup var repository: RepositoryArgument

    @Argument(help: "The chain; created when it does not exist.")
    var parent: String

    @Argument(help: "Children (comma-separated); with --mode pop their positions.")
    var children: [String] = []

    @Option(help: "Documentation of a chain that is created.")
    var doc = ""

    @Flag(inversion: .prefixedNo, help: "Replace chains among the children by what they hold.")
    var flatten = false

    @Option(help: "What to do: redefine, extend, remove, prepend or pop.")
    var mode = Mode.redefine

    func run() async throws {
        let names = children.splitAtCommas
        guard mode == .pop || !names.isEmpty else {
            throw ButlerError(.invalidArgument, "Mode \(mode.rawValue) of a chain needs children.")
        }
        guard !flatten || mode != .remove && mode != .pop else {
            throw ButlerError(.invalidArgument, "--flatten cannot be used with mode \(mode.rawValue).")
        }
        let butler = try await repository.open(writeable: true)
        if mode == .remove || mode == .pop {
            try await change(butler.collections, names)
        } else {
            try await butler.registering(parent, .chained, documentation: doc) {
                try await change(butler.collections, names)
            }
        }
        let chain = try await butler.collections.info(parent).children
        Console.line("[\(chain.joined(separator: ", "))]")
    }

    private func change(_ collections: ButlerCollections, _ names: [String]) async throws {
        let children = flatten ? try await collections.query(names, flattening: true).map(\.name) : names
        switch mode {
        case .redefine: try await collections.redefineChain(parent, children)
        case .extend: try await collections.extendChain(parent, children)
        case .prepend: try await collections.prependChain(parent, children)
        case .remove: try await collections.removeFromChain(parent, children)
        case .pop:
            let current = try await collections.info(parent).children
            try await collections.removeFromChain(parent, try popped(names, from: current))
        }
    }

    private func popped(_ positions: [String], from current: [String]) throws -> [String] {
        try (positions.isEmpty ? ["0"] : positions).map { text in
            guard let number = Int(text) else {
                throw ButlerError(.invalidArgument, "\"\(text)\" is not a position in a chain: it must be a number.")
            }
            let position = number < 0 ? current.count + number : number
            guard current.indices.contains(position) else {
                throw ButlerError(
                    .invalidArgument,
                    "Position \(number) does not exist: chain \"\(parent)\" has \(current.count) children."
                )
            }
            return current[position]
        }
    }
}
