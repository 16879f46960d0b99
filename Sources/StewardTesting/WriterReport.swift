/// What one of many programs that write to a repository at the same time says it has done; JSON on its standard output.
public struct WriterReport: Codable, Sendable {
    /// A dataset that must be there.
    public struct Dataset: Codable, Sendable, Hashable {
        /// Dataset type.
        public var type: String
        /// RUN collection.
        public var run: String
        /// Detector.
        public var detector: Int64
        /// Its content.
        public var value: Int64

        /// Creates a description.
        public init(type: String, run: String, detector: Int64, value: Int64) {
            self.type = type
            self.run = run
            self.detector = detector
            self.value = value
        }
    }

    /// Datasets that were stored and not removed.
    public var datasets: [Dataset] = []
    /// Those of them that are tagged.
    public var tagged: [Dataset] = []
    /// Detectors for which a bias is certified, without the one for which all compete.
    public var certified: [Int64] = []
    /// Days of the validity ranges that it won for the detector for which all compete.
    public var wonDays: [Int64] = []
    /// Collections that it left in the chain.
    public var chained: [String] = []
    /// Detectors that it registered.
    public var detectors: [Int64] = []
    /// How many operations of each kind were done.
    public var operations: [String: Int] = [:]
    /// Errors that operations ended in, by code.
    public var refusals: [String: Int] = [:]
    /// What must not have happened, in words.
    public var failures: [String] = []
    /// Milliseconds that each operation took.
    public var milliseconds: [Double] = []
    /// Waits for locks that were reported.
    public var waits = 0
    /// Milliseconds of the longest reported wait.
    public var longestWait = 0.0

    /// Creates an empty report.
    public init() {}
}
