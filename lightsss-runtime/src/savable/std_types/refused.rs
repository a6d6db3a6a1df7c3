//! Types that no snapshot can hold, each with its reason.
//!
//! The impls rest on traits that nothing has, so that they never apply; what the compiler says of such a
//! trait is the reason. They stand on the types themselves: a type of the user with the name `Receiver` is
//! not meant, an alias of `std`'s is.

use std::{cell, fs, net, os, process, ptr, rc, sync, thread, time};

use crate::savable::{Construct, Reader, RestoreError, Savable, SaveError, Schema, Shape, Writer};

macro_rules! refused {
    ($($reason:ident $message:literal: $([$($generics:tt)*] $type:ty,)*;)*) => {$(
        #[diagnostic::on_unimplemented(message = $message, label = "cannot be saved")]
        #[doc = $message]
        pub trait $reason {}
        $(
            impl<$($generics)*> Savable for $type
            where
                for<'never> Self: $reason,
            {
                const SCHEMA: Schema = Schema::new("refused", Shape::Tuple(&[]));

                fn save(&self, _: &mut Writer<'_>) -> Result<(), SaveError> {
                    Err(SaveError::custom($message))
                }

                fn restore(&mut self, _: &mut Reader<'_>) -> Result<(), RestoreError> {
                    Err(RestoreError::custom($message))
                }

                fn check(_: &mut Reader<'_>) -> Result<(), RestoreError> {
                    Err(RestoreError::custom($message))
                }
            }

            impl<$($generics)*> Construct for $type
            where
                for<'never> Self: $reason,
            {
                fn construct(_: &mut Reader<'_>) -> Result<Self, RestoreError> {
                    Err(RestoreError::custom($message))
                }
            }
        )*
    )*};
}

refused! {
    RawPointer "a raw pointer means nothing in another process: save what it points to, rebuild the pointer after a restore, and write `#[savable(skip)]`":
        [T: ?Sized] *const T, [T: ?Sized] *mut T, [T: ?Sized] ptr::NonNull<T>,
        [T] sync::atomic::AtomicPtr<T>,;
    Reference "a reference's target belongs to someone else, who saves it: hold the value itself, or write `#[savable(skip)]`":
        ['a, T: ?Sized] &'a T, ['a, T: ?Sized] &'a mut T,;
    FunctionPointer "a function pointer is another address in every run: save an enum that names the function, or write `#[savable(skip)]`":
        [R] fn() -> R, [R, A] fn(A) -> R, [R, A, B] fn(A, B) -> R,;
    Descriptor "a file descriptor is another number in every process: hold a `std::fs::File` with `#[savable(reopen)]`, or write `#[savable(skip)]`":
        [] os::fd::OwnedFd, ['a] os::fd::BorrowedFd<'a>,;
    OpenFile "a file is not part of a snapshot: write `#[savable(reopen)]` to open it again by its path, at its offset, or `#[savable(skip)]` to keep the open one":
        [] fs::File, [] std::io::BufReader<fs::File>, [] std::io::BufWriter<fs::File>,;
    Thread "a thread cannot be saved: save what it works on, start it anew after a restore, and write `#[savable(skip)]`":
        [T] thread::JoinHandle<T>, [] thread::Thread, [] thread::ThreadId,;
    Channel "a channel's other end is out of reach, and what is under way in it would be lost: drain it into a `VecDeque` that is saved, or write `#[savable(skip)]`":
        [T] sync::mpsc::Sender<T>, [T] sync::mpsc::SyncSender<T>, [T] sync::mpsc::Receiver<T>,;
    Socket "a socket's other end does not go back in time: write `#[savable(skip)]`, and connect anew where needed":
        [] net::TcpStream, [] net::TcpListener, [] net::UdpSocket,
        [] os::unix::net::UnixStream, [] os::unix::net::UnixListener, [] os::unix::net::UnixDatagram,;
    OtherProcess "another process cannot be saved: write `#[savable(skip)]`, and start it anew where needed":
        [] process::Child, [] process::ChildStdin, [] process::ChildStdout, [] process::ChildStderr,
        [] process::Command,;
    MachineTime "an `Instant` counts from a start that differs between machines: save a `Duration`, or a cycle count, or write `#[savable(skip)]`":
        [] time::Instant,;
    WeakReference "a weak reference cannot be tied to its owner again: save an index or a name, or write `#[savable(skip)]`":
        [T: ?Sized] rc::Weak<T>, [T: ?Sized] sync::Weak<T>,;
    Guard "a guard borrows what someone else owns, and who saves it finds it locked: hold the lock only while you use it, or write `#[savable(skip)]`":
        ['a, T: ?Sized] sync::MutexGuard<'a, T>, ['a, T: ?Sized] sync::RwLockReadGuard<'a, T>,
        ['a, T: ?Sized] sync::RwLockWriteGuard<'a, T>, ['a, T: ?Sized] cell::Ref<'a, T>,
        ['a, T: ?Sized] cell::RefMut<'a, T>,;
    WaitingThreads "what waits for it is a thread, which cannot be saved: write `#[savable(skip)]`":
        [] sync::Condvar, [] sync::Barrier,;
}
