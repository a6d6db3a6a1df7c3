//! The threads of this process: one test, so that no other starts any.

use lightsss_runtime::model::ContextOptions;
use lightsss_tests_bindings::talker;

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task")
        .expect("this process has threads")
        .count()
}

#[test]
fn a_pool_is_as_large_as_the_model_asks_for() {
    let before = threads();
    // Left to itself Verilator starts one for each further core of the machine.
    let mut dut = talker::Model::new(&ContextOptions::new()).expect("a model");
    dut.eval().expect("no halt");
    assert_eq!(threads(), before);

    #[cfg(threads)]
    {
        use lightsss_tests_bindings::crowd;
        let crowd = crowd::Model::new(&ContextOptions::new()).expect("a model");
        // The calling thread is the third.
        assert_eq!(threads(), before + 2);
        drop(crowd);
        // A thread that has been joined may stand in the list a moment longer.
        let start = std::time::Instant::now();
        while threads() > before && start.elapsed().as_secs() < 20 {
            std::thread::yield_now();
        }
        assert_eq!(threads(), before);
    }
}
