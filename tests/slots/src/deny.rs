//! System calls that fail, as they do on older kernels and on full machines.

use nix::errno::Errno;

/// From here on, in this process and its children, the system call fails with this errno.
///
/// # Panics
///
/// If the kernel refuses the filter.
pub fn deny(call: libc::c_long, errno: Errno) {
    let statement = |code: u32, k: u32| libc::sock_filter {
        code: code as u16,
        jt: 0,
        jf: 0,
        k,
    };
    let load_number = statement(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0);
    let mut is_it = statement(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, call as u32);
    is_it.jf = 1;
    let fail = statement(
        libc::BPF_RET | libc::BPF_K,
        libc::SECCOMP_RET_ERRNO | errno as u32,
    );
    let allow = statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW);
    let mut filter = [load_number, is_it, fail, allow];
    let program = libc::sock_fprog {
        len: filter.len() as u16,
        filter: filter.as_mut_ptr(),
    };
    // SAFETY: the program and its filter are valid for the duration of the calls.
    let installed = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && libc::prctl(
                libc::PR_SET_SECCOMP,
                libc::SECCOMP_MODE_FILTER,
                &raw const program,
            ) == 0
    };
    assert!(installed, "a seccomp filter: {}", Errno::last());
}
