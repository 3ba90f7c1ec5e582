//! Memory does not grow with what is searched.

use crate::place::Place;
use qstash_redact::Placeholder;

/// The address space that is enough for trees of any size, in KiB: most of it is the program itself
/// and the stacks of its threads.
const ENOUGH: u32 = 256 << 10;

#[test]
fn a_file_and_a_tree_larger_than_the_memory_are_searched() {
    let place = Place::new();
    let target = Placeholder::of(b"an-old-token-0123456789");
    // One line of 300 MB, without a single break.
    let script = format!(
        "ulimit -v {ENOUGH}; {{ head -c 300000000 /dev/zero | tr '\\0' 'x'; printf ' an-old-token-0123456789'; }} \
         | \"$0\" hunt --jobs 2 --for {target} -"
    );
    let ran = place.shell(&script).ends(1);
    assert!(ran.stdout.starts_with("stdin:1:300000002: "), "{ran:?}");
    // Many files, in a tree of many directories and in one.
    for number in 0..20_000 {
        let directory = place.path(&format!("tree/{}/{}", number % 100, number % 10));
        if number < 1000 {
            std::fs::create_dir_all(&directory).unwrap();
        }
        std::fs::File::create(directory.join(format!("{number}-{}", "x".repeat(200)))).unwrap();
    }
    let ran = place.shell(&format!(
        "ulimit -v {ENOUGH}; \"$0\" hunt --jobs 2 --for {target} tree"
    ));
    ran.ends(0).says("20,000 files");
}
