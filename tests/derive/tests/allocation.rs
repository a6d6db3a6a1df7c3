//! Damaged lengths never make a restore allocate more than the snapshot could fill.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

use lightsss_runtime::Savable;
use lightsss_runtime::savable::{Image, restore_from_image};
use lightsss_test_derive::saved;

/// The system's allocator, which remembers the largest block that was asked for.
struct Watch;

static LARGEST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed to the system's allocator as it came, which upholds the contract.
unsafe impl GlobalAlloc for Watch {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise about `layout` is what `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: `block` came from `System`, with this layout, since `alloc` passes both on.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static WATCH: Watch = Watch;

#[derive(Savable, Default)]
struct Harness {
    words: Vec<u64>,
    text: String,
    map: std::collections::HashMap<u32, Vec<Empty>>,
    set: std::collections::BTreeSet<String>,
    empty: Vec<Empty>,
    deep: Vec<Vec<Option<Box<[u8]>>>>,
}

#[derive(Savable, Default)]
struct Empty {
    #[savable(skip)]
    _cache: [u64; 8],
}

#[test]
fn no_length_is_believed() {
    let live = || Harness {
        words: vec![1, 2],
        text: "text".into(),
        map: [(1, vec![Empty::default()])].into(),
        set: ["a".into()].into(),
        empty: vec![Empty::default(), Empty::default()],
        deep: vec![vec![None, Some([1, 2].into())]],
    };
    let image = saved(&live());
    let mut refused = 0;
    for at in 0..image.stream().len() - 8 {
        for length in [u64::MAX, u64::MAX / 8, 1 << 40, 1 << 32, 1 << 20] {
            let mut stream = image.stream().to_vec();
            stream[at..at + 8].copy_from_slice(&length.to_le_bytes());
            let mut target = live();
            let damaged = Image::from_parts(image.schema().to_vec(), stream);
            LARGEST.store(0, Ordering::Relaxed);
            refused += usize::from(restore_from_image(&mut target, &damaged).is_err());
            let largest = LARGEST.load(Ordering::Relaxed);
            assert!(
                largest < 64 * 1024,
                "{largest} bytes at once, with {length} at {at}"
            );
        }
    }
    assert!(refused > image.stream().len(), "the damage is seen");
}
