//! Hashing on each backend, with throughput; every digest is checked first.
//!
//! The ratios to `sha2` and their gates are in the bench `ratios`.

mod work;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use qstash_redact::sha256::Backend;
use work::{Output, Text, Work};

fn many(criterion: &mut Criterion) {
    for work in [
        Work::headers(),
        Work::short(),
        Work::bodies(),
        Work::many_records(Text::Fast),
        Work::one_record(),
        Work::large("2 bodies of 1 MiB", 2),
        Work::large("11 bodies of 1 MiB", 11),
    ] {
        compare(criterion, &work, Work::together);
    }
}

fn one(criterion: &mut Criterion) {
    for work in [
        Work::single_short(),
        Work::single_100(),
        Work::cold(),
        Work::cached(),
    ] {
        compare(criterion, &work, Work::one_by_one);
    }
}

fn compare(criterion: &mut Criterion, work: &Work, run: fn(&Work, Backend, &mut Output)) {
    let mut group = criterion.benchmark_group(work.name);
    group.throughput(Throughput::Bytes(work.bytes() as u64));
    let mut output = Output::default();
    group.bench_function("sha2", |bencher| bencher.iter(|| work.by_sha2(&mut output)));
    for backend in Backend::available() {
        work.check(|work, output| run(work, backend, output));
        group.bench_function(backend.name(), |bencher| {
            bencher.iter(|| run(work, backend, &mut output));
        });
    }
    group.finish();
}

criterion_group!(benches, many, one);
criterion_main!(benches);
