extension DatabaseURL {
    /// The parts as keywords and values of libpq, PostgreSQL's client library.
    ///
    /// Everything after the question mark is passed on, such as `sslmode`; hosts may be given there, too, several times
    /// and with their ports, as `?host=one:5432&host=two:5432`, or as the folder of a socket.
    public var connectionParameters: [Parameter] {
        var parameters = query.filter { $0.name != "host" }
        let hosts = query.filter { $0.name == "host" }.map { Self.hostAndPort($0.value) }
        if !hosts.isEmpty {
            parameters.append(Parameter(name: "host", value: hosts.map(\.host).joined(separator: ",")))
            let ports = hosts.map { $0.port ?? "" }
            if ports.contains(where: { !$0.isEmpty }) {
                parameters.append(Parameter(name: "port", value: ports.joined(separator: ",")))
            }
        } else if let host {
            parameters.append(Parameter(name: "host", value: host))
        }
        let named = Set(parameters.map(\.name))
        let own = [
            ("port", port.map(String.init)), ("dbname", database), ("user", username), ("password", password),
        ]
        for (name, value) in own where !named.contains(name) {
            if let value { parameters.append(Parameter(name: name, value: value)) }
        }
        return parameters
    }

    private static func hostAndPort(_ text: String) -> (host: String, port: String?) {
        guard !text.hasPrefix("/"), let colon = text.lastIndex(of: ":") else { return (text, nil) }
        let port = text[text.index(after: colon)...]
        guard !port.isEmpty, port.allSatisfy(\.isNumber) else { return (text, nil) }
        return (String(text[..<colon]), String(port))
    }
}
