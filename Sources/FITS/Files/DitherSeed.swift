internal import StewardCore

extension FITSWriteRecipe {
    /// The dither seed that the reference derives from a data ID.
    ///
    /// 1 + (MD5 of the JSON list of the required values, as a number) mod 9999.
    ///
    /// - Parameter json: The values as Python's `json.dumps` writes a list, for instance `["HSC", 903334, 50]`.
    /// - Returns: A seed from 1 to 9999.
    public static func ditherSeed(of json: String) -> Int {
        let digest = Digest.of(Array(json.utf8), .md5)
        return 1 + digest.reduce(0) { ($0 * 256 + Int($1)) % 9999 }
    }
}
