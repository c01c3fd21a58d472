//! The fuzz targets (`fuzz/`) on inputs that are the same in every run: what libFuzzer found is
//! mended, and what it runs still runs.

#[path = "../../fuzz/src/target/mod.rs"]
mod target;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// The same inputs in every run.
fn fixed(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(1),
        ..ProptestConfig::with_cases(cases)
    }
}

/// Bytes that ask for a text or, mostly, for changes of a configuration.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..80)
}

proptest! {
    #![proptest_config(fixed(1000))]

    #[test]
    fn fixes_of_changed_configurations_keep_the_laws(bytes in bytes(), unsafely: bool) {
        let bytes = [&[u8::from(unsafely), b'z'], bytes.as_slice()].concat();
        target::fix(&bytes).map_err(TestCaseError::fail)?;
    }

    #[test]
    fn changed_configurations_are_reported_in_order(bytes in bytes()) {
        target::check(&bytes).map_err(TestCaseError::fail)?;
    }
}

#[test]
fn every_target_takes_its_seeds() {
    for (name, target) in [
        ("parse", target::parse as fn(&[u8]) -> _),
        ("check", target::check),
        ("fix", target::fix),
        ("log", target::log),
    ] {
        let seeds = target::seed::seeds(name);
        assert!(seeds.len() > 200, "only {} seeds of {name}", seeds.len());
        // All of them are what the tests of fixes and pages run anyway.
        for (number, seed) in seeds.iter().enumerate().step_by(5) {
            target(seed).unwrap_or_else(|law: String| panic!("{name}, seed {number}: {law}"));
        }
    }
}
