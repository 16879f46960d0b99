/// What a restricted pickle can hold.
indirect enum PickleValue: Sendable {
    case none
    case bool(Bool)
    case int(Int)
    case real(Double)
    case text(String)
    case bytes([UInt8])
    case tuple([PickleValue])
    case dictionary([String: PickleValue])
    /// A class or function by module and name; never looked up, let alone called.
    case global(module: String, name: String)
    /// What a global would have made of its arguments, with the state given to it.
    case object(PickleValue, arguments: PickleValue, state: PickleValue?)
}
