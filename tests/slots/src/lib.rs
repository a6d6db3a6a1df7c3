//! What the scenario programs and their tests share: the C++ helper, system calls that fail, runs of a program.

pub mod deny;
pub mod driver;
pub mod rows;

use std::ffi::{CString, c_char, c_int};

unsafe extern "C" {
    #[link_name = "death"]
    fn c_death(how: *const c_char) -> c_int;
    #[link_name = "mutter"]
    safe fn c_mutter(cycle: u64);
    #[link_name = "end_muttering"]
    safe fn c_end_muttering();
    #[link_name = "card_open"]
    fn c_card_open(path: *const c_char) -> c_int;
    #[link_name = "card_read"]
    fn c_card_read() -> u32;
}

/// Ends this process as a C++ model would, in the ways that `native/deaths.cpp` has: `segv`, `abort`,
/// `exit` and so on. Anything else does nothing.
///
/// # Panics
///
/// If there is a zero byte in `how`.
pub fn death(how: &str) {
    let how = CString::new(how).expect("no zero byte in the cause");
    // SAFETY: the string is valid and ends with a zero byte. What the function does to the process
    // is its purpose.
    unsafe { c_death(how.as_ptr()) };
}

/// What a C++ model calls in the harness; it finds something wrong.
#[unsafe(no_mangle)]
extern "C" fn callback() {
    panic!("the harness was called back on purpose");
}

/// Gives up, as Rust code does that goes on in no case.
pub fn rust_abort() -> ! {
    std::process::abort() // death: rust abort
}

/// Takes memory until the system has none left, or gives none.
pub fn exhaust_memory() -> ! {
    const PIECE: usize = 1 << 20;
    let mut held = Vec::new();
    loop {
        held.push(std::hint::black_box(vec![1_u8; PIECE]));
    }
}

/// Prints "<cycle" through C's standard output, which keeps it in its buffer.
pub fn mutter(cycle: u64) {
    c_mutter(cycle);
}

/// Ends that line, and writes it out.
pub fn end_muttering() {
    c_end_muttering();
}

/// Opens a file in the C++ model, twice: through `FILE` and through `std::ifstream`.
///
/// # Panics
///
/// If it cannot be opened.
pub fn card_open(path: &str) {
    let path = CString::new(path).expect("no zero byte in the path");
    // SAFETY: the string is valid and ends with a zero byte.
    assert_eq!(unsafe { c_card_open(path.as_ptr()) }, 0, "the card opens");
}

/// The next word of the file; both ways of reading it agree, else it is 0xfffffffe.
#[must_use]
pub fn card_read() -> u32 {
    // SAFETY: reads from files that `card_open` opened, or fails.
    unsafe { c_card_read() }
}
