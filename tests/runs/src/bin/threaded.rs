//! A model that evaluates on two threads, through a hundred forks. Prints the reports of its
//! replays and the figures of its slots as JSON; or why there is no such model.

fn main() {
    #[cfg(threaded)]
    lightsss_tests_runs::threaded::run();
    #[cfg(not(threaded))]
    println!("refused: {}", env!("REFUSED"));
}
