internal import Foundation
public import Resources

extension ResourceStores {
    /// The stores of local files and of servers, with the settings that the environment has when it is first used.
    public static let network = ResourceStores.standard.adding(
        HTTPStore(HTTPSettings(environment: ProcessInfo.processInfo.environment))
    )

    /// The table with a store for all schemes that it serves.
    public func adding(_ store: HTTPStore) -> ResourceStores {
        [.http, .https, .dav, .davs].reduce(self) { $0.adding(store, for: $1) }
    }
}
