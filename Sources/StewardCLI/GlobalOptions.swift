internal import ArgumentParser
internal import Foundation
internal import StewardCore

/// The repository that a command works on.
struct RepositoryArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Repository: a directory, a butler.yaml, or a label of the repository index.",
            valueName: "repo"
        )
    )
    var repository: String
}
