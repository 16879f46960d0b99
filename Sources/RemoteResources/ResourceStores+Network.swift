internal import Foundation
public import Resources

extension ResourceStores {
    /// The stores of local files, of servers and of object stores, with the settings that the environment has when it is
    /// first used.
    public static let network: ResourceStores = {
        let environment = ProcessInfo.processInfo.environment
        let connections = HTTPSettings(environment: environment)
        let objects = S3Store(S3Settings(environment: environment), connections: connections)
        return ResourceStores.standard.adding(HTTPStore(connections)).adding(objects, for: .s3)
    }()

    /// The table with a store for all schemes that it serves.
    public func adding(_ store: HTTPStore) -> ResourceStores {
        [.http, .https, .dav, .davs].reduce(self) { $0.adding(store, for: $1) }
    }
}
