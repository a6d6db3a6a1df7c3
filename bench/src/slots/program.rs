//! A program that measures once for each order, so that several can be measured in turns.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

/// A program that was started, and waits for orders.
pub struct Program {
    process: Child,
    order: Option<ChildStdin>,
    answer: BufReader<ChildStdout>,
}

impl Program {
    /// This program, told to take a sample.
    pub fn ours(arguments: &str) -> Self {
        let this = env::current_exe().expect("this program");
        Self::start(this.to_str().expect("a path"), arguments)
    }

    /// The plain C program.
    pub fn theirs(arguments: &str) -> Self {
        Self::start(concat!(env!("OUT_DIR"), "/plain"), arguments)
    }

    fn start(program: &str, arguments: &str) -> Self {
        let mut process = Command::new(program)
            .args(arguments.split_whitespace())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let order = process.stdin.take();
        let answer = BufReader::new(process.stdout.take().expect("a pipe"));
        Self {
            process,
            order,
            answer,
        }
    }

    /// Gives an order, and waits for the numbers that come of it.
    pub fn run<const N: usize>(&mut self, order: &str) -> [f64; N] {
        let input = self.order.as_mut().expect("not closed yet");
        writeln!(input, "{order}").expect("the program listens");
        let mut line = String::new();
        self.answer.read_line(&mut line).expect("an answer");
        let numbers: Vec<f64> = line
            .split_whitespace()
            .map(|word| word.parse().expect("a number"))
            .collect();
        numbers.try_into().expect("as many numbers as are wanted")
    }

    /// Measures once: a single number.
    pub fn measure(&mut self) -> f64 {
        let [number] = self.run("go");
        number
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // At the end of its orders it ends.
        self.order = None;
        let _ = self.process.wait();
    }
}
