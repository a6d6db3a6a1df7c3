//! Any description and any stream into a derived type: refused, and nothing changes, or restored.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lightsss_runtime::savable::{Image, SectionKind, restore_from_image, save_to_image};
use lightsss_tests_durable::harness::Harness;

fuzz_target!(|bytes: &[u8]| {
    let mut live = Harness::new(1, 64);
    let before = live.clone();
    // Half of the attempts keep the good description, so that the stream is reached.
    let Some((choice, bytes)) = bytes.split_first() else {
        return;
    };
    let good = save_to_image(&live).expect("a good harness");
    let (schema, stream) = match choice % 2 {
        0 => (good.schema().to_vec(), bytes.to_vec()),
        _ => {
            let middle = usize::from(*choice).min(bytes.len());
            (bytes[..middle].to_vec(), bytes[middle..].to_vec())
        }
    };
    let mut image = Image::from_parts(schema, stream);
    image.push_section(SectionKind::Memory, "bulk", vec![1; 64]);
    image.push_section(SectionKind::Memory, "bulk", vec![2; 8192]);
    match restore_from_image(&mut live, &image) {
        // What came back is a harness that can be saved.
        Ok(()) => drop(save_to_image(&live).expect("what was restored")),
        Err(_) => assert!(live == before, "a refused image changed the harness"),
    }
});
