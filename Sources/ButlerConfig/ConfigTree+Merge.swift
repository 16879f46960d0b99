extension ConfigTree {
    /// Lays another tree over this one: its mappings are merged key by key, everything else replaces what is here.
    ///
    /// A key that is only here survives. Where the other has a mapping and this has none, the mapping replaces.
    public mutating func merge(_ other: ConfigTree) {
        guard case .map(let upper) = other else {
            self = other
            return
        }
        var lower = map ?? ConfigMap()
        self = .null
        for (key, value) in upper {
            guard case .map = value, var child = lower[key] else {
                lower[key] = value
                continue
            }
            child.merge(value)
            lower[key] = child
        }
        self = .map(lower)
    }

    /// This tree with another one laid over it.
    public func merging(_ other: ConfigTree) -> ConfigTree {
        var result = self
        result.merge(other)
        return result
    }
}
