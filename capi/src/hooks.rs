//! What a harness does around a fork.

use std::{cell::RefCell, collections::BTreeMap, ffi::c_void};

use lightsss_runtime::slots::hooks::{ForkHooks, Registration, register};

use crate::{
    abi::{
        lightsss_hooks,
        lightsss_status::{self, *},
    },
    error::{Fault, guard},
};

thread_local! {
    static REGISTERED: RefCell<Registered> = const { RefCell::new(Registered { next: 1, all: BTreeMap::new() }) };
}

struct Registered {
    next: u64,
    all: BTreeMap<u64, Registration>,
}

struct Hooks(lightsss_hooks);

impl Hooks {
    fn call(&self, hook: Option<unsafe extern "C" fn(*mut c_void)>) {
        if let Some(hook) = hook {
            // SAFETY: the caller of `lightsss_hooks_register` lets us call it with `user` until it is
            // unregistered, which drops `self`.
            unsafe { hook(self.0.user) }
        }
    }
}

impl ForkHooks for Hooks {
    fn before(&mut self) {
        self.call(self.0.before);
    }

    fn in_original(&mut self) {
        self.call(self.0.in_original);
    }

    fn in_slot(&mut self) {
        self.call(self.0.in_slot);
    }

    fn in_replay(&mut self) {
        self.call(self.0.in_replay);
    }
}

/// Registers hooks for the forks of this thread. The hooks that were registered last are called first before a fork,
/// and last after it. `id` is for `lightsss_hooks_unregister`.
///
/// # Safety
///
/// `hooks` is null or valid; what it points to may be called with its `user` until it is unregistered. `id`
/// is null or may be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn lightsss_hooks_register(
    hooks: *const lightsss_hooks,
    id: *mut u64,
) -> lightsss_status {
    guard(|| {
        // SAFETY: it is null or valid, as the caller says.
        let hooks = unsafe { hooks.as_ref() }.ok_or_else(|| Fault::null("hooks"))?;
        if id.is_null() {
            return Err(Fault::null("id"));
        }
        let registration = register(Box::new(Hooks(*hooks)));
        let given = REGISTERED.with_borrow_mut(|registered| {
            let given = registered.next;
            registered.next += 1;
            registered.all.insert(given, registration);
            given
        });
        // SAFETY: it may be written, as the caller says.
        unsafe { id.write(given) }
        Ok(())
    })
}

/// Unregisters hooks. They are not called any more once this returns.
#[unsafe(no_mangle)]
pub extern "C" fn lightsss_hooks_unregister(id: u64) -> lightsss_status {
    guard(|| {
        let found = REGISTERED.with_borrow_mut(|registered| registered.all.remove(&id));
        if found.is_some() {
            Ok(())
        } else {
            let message = format!("no hooks {id} are registered by this thread");
            Err(Fault::new(LIGHTSSS_BAD_ARGUMENT, message))
        }
    })
}
