import Databases
import Testing

@Suite struct NameShrinkerTests {
    @Test(
        "long names shrink as the reference shrinks them",
        arguments: [
            (
                "fkey_collection_summary_dataset_type_collection_collection_id_collection_id",
                "fkey_collection_summary_dataset_type_collection_collec_4090d073"
            ),
            (
                "visit_skypix_overlap_idx_skypix_system_skypix_level_skypix_index_instrument_visit",
                "visit_skypix_overlap_idx_skypix_system_skypix_level_sk_b5ba3bab"
            ),
            (
                "dataset_tags_00000002_unq_dataset_type_id_collection_id_instrument_detector_visit",
                "dataset_tags_00000002_unq_dataset_type_id_collection_i_2f8e90dc"
            ),
            (
                "dataset_calibs_00000003_idx_dataset_type_id_collection_id_instrument_detector_timespan",
                "dataset_calibs_00000003_idx_dataset_type_id_collection_1b228aa6"
            ),
        ]
    )
    func golden(name: String, short: String) {
        #expect(NameShrinker(maximumLength: 63).shrink(name) == short)
        #expect(SQLDialect.postgreSQL(namespace: nil).shortened(name) == short)
        #expect(SQLDialect.sqlite.shortened(name) == name)
    }

    @Test(
        "digests of whole and of several blocks equal hashlib's",
        arguments: zip([127, 128, 129, 256, 300], Self.digests)
    )
    func blocks(length: Int, digest: String) {
        let name = String(repeating: "a", count: length)
        #expect(NameShrinker(maximumLength: 9).shrink(name) == "_" + digest)
    }

    @Test("names up to the limit stay as they are")
    func short() {
        let name = String(repeating: "x", count: 63)
        #expect(NameShrinker(maximumLength: 63).shrink(name) == name)
        #expect(NameShrinker(maximumLength: 63).shrink(name + "x").count == 63)
    }

    // Made by hashlib.blake2b(b"a" * length, digest_size=4).hexdigest().
    private static let digests = ["d52a9199", "12cabd16", "55ada03e", "c507e6f5", "a5de59a0"]
}
