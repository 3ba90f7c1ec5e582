//! The pipeline under test: the real program, on a database of its own.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The bearer token that callers need.
pub const TOKEN: &str = "token-of-the-pipeline";

/// A directory of a test's own, which is gone when the test has passed.
pub struct Directory(PathBuf);

impl Directory {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// All files of all runs, by name.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let entries = fs::read_dir(&self.0).unwrap();
        entries
            .map(|entry| {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_str().unwrap().to_owned();
                (name, fs::read(path).unwrap())
            })
            .collect()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        if !thread::panicking() {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

/// A run of the pipeline; ended, by force, when it is dropped.
pub struct Pipeline {
    child: Child,
    pub url: String,
}

impl Pipeline {
    /// Starts the pipeline on the database in `directory`, where it also leaves what it prints.
    pub fn start(directory: &Directory) -> Self {
        static RUNS: AtomicU32 = AtomicU32::new(0);
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        let out = directory.path(&format!("{run}.out"));
        let file = |path: &Path| File::create(path).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_pipeline"))
            .arg(directory.path("database"))
            .args(["127.0.0.1:0", "50"])
            .env("QSTASH_TOKEN", TOKEN)
            .stdin(Stdio::null())
            .stdout(file(&out))
            .stderr(file(&directory.path(&format!("{run}.err"))))
            .spawn()
            .unwrap();
        let mut pipeline = Self {
            child,
            url: String::new(),
        };
        pipeline.url = pipeline.wait_for_url(&out);
        pipeline
    }

    fn wait_for_url(&mut self, out: &Path) -> String {
        let begun = Instant::now();
        loop {
            let text = fs::read_to_string(out).unwrap();
            if let Some(url) = text.strip_prefix("listening on ")
                && let Some(url) = url.strip_suffix('\n')
            {
                return url.to_owned();
            }
            assert!(
                self.child.try_wait().unwrap().is_none(),
                "the pipeline ended"
            );
            assert!(begun.elapsed() < Duration::from_secs(60), "not listening");
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Kills it, as nothing can be prepared for.
    pub fn kill(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
