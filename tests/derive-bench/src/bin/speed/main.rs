//! Time and size of saving and restoring, against the peers and against hand-written code.

mod cursor;
mod harness;
mod named;
mod peers;
mod registers;

use std::hint::black_box;

use lightsss_bench_derive::{compare, timed};
use lightsss_runtime::savable::{
    Image, Reader, Savable, Writer, restore_from_image, save_into_image, save_to,
};
use lightsss_tests_bench::{Options, Row, pin};

use named::NamedRegisters;
use peers::{EveryPeers, RkyvError};
use registers::Registers;
use rkyv::Deserialize;
use rkyv::api::high::{HighDeserializer, HighValidator};
use rkyv::bytecheck::CheckBytes;

const PEERS: [&str; 4] = ["bitcode", "rkyv", "borsh", "postcard"];

const SET_UP: &str = "Setting a reader up takes about 2.5 ns; sixteen devices at once show the rest to be \
                      equal.";
const SET_UP_TO_SAVE: &str = "A writer takes the buffer of its sink, and gives it back at the end, once per save; sixteen \
                              devices at once show what the fields take.";
const VERIFIED: &str = "The type's description is compared and the whole stream is read through before the \
                        first field changes; the peer changes fields, or makes a new value, as it reads.";
const FIXED_WIDTHS: &str = "Numbers have the width of their type, so that runs of them are single copies, and \
                            the description of the type is counted.";

fn main() {
    let options = Options::from_args();
    let rounds = options.samples(31, 11);
    pin();
    fifty_fields(&options, rounds);
    harness_by_hand(&options, rounds);
    against_peers(&options, rounds, "harness", "a harness", harness::sample());
    let words: Vec<u64> = (0..(16 << 20) / 8)
        .map(|i: u64| i.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .collect();
    let rounds = options.samples(15, 7);
    against_peers(
        &options,
        rounds,
        "bulk/16mib",
        "a `Vec<u64>` of 16 MiB",
        words,
    );
    bulk_data(&options);
}

fn fifty_fields(options: &Options, rounds: usize) {
    let peer = "hand-written code";
    let value = Registers::sample();
    let mut image = Image::new();
    let mut bytes = Vec::new();
    compare(
        options,
        timed("registers/save", "save of 50 small fields")
            .target_ratio(1.0)
            .note(SET_UP_TO_SAVE),
        peer,
        rounds,
        || {
            image.clear();
            save_to(black_box(&value), &mut image).unwrap();
            black_box(image.stream());
        },
        || {
            bytes.clear();
            black_box(&value).write(&mut bytes);
            black_box(&bytes);
        },
    );
    // Both write the same, measured or not.
    image.clear();
    save_to(&value, &mut image).unwrap();
    bytes.clear();
    value.write(&mut bytes);
    assert_eq!(image.stream(), bytes);
    let (mut live, mut other) = (Registers::default(), Registers::default());
    compare(
        options,
        timed("registers/restore", "restore of 50 small fields")
            .target_ratio(1.0)
            .note(SET_UP),
        peer,
        rounds,
        || {
            let mut input = Reader::new(black_box(image.stream()), &image);
            live.restore(&mut input).unwrap();
            input.finish().unwrap();
            black_box(&live);
        },
        || {
            other.read(black_box(&bytes)).unwrap();
            black_box(&other);
        },
    );
    named_fields(options, rounds, &image, &bytes);
    many_devices(options, rounds);
    save_into_image(&value, &mut image).unwrap();
    compare(
        options,
        timed(
            "registers/verified-restore",
            "verified restore (schema, checksums, undo) of 50 small fields",
        )
        .note(VERIFIED),
        peer,
        rounds,
        || restore_from_image(black_box(&mut live), &image).unwrap(),
        || {
            other.read(black_box(&bytes)).unwrap();
            black_box(&other);
        },
    );
}

/// The same fields, whose types the macro does not know by name.
fn named_fields(options: &Options, rounds: usize, image: &Image, bytes: &[u8]) {
    let peer = "hand-written code";
    let mut value = NamedRegisters::default();
    value
        .restore(&mut Reader::new(image.stream(), image))
        .unwrap();
    let mut other = Registers::default();
    let (mut out, mut theirs) = (Image::new(), Vec::new());
    compare(
        options,
        timed(
            "registers/save/named",
            "save of 50 small fields, by aliases and newtypes",
        )
        .target_ratio(1.0)
        .note(SET_UP_TO_SAVE),
        peer,
        rounds,
        || {
            out.clear();
            save_to(black_box(&value), &mut out).unwrap();
            black_box(out.stream());
        },
        || {
            theirs.clear();
            black_box(&other).write(&mut theirs);
            black_box(&theirs);
        },
    );
    out.clear();
    save_to(&value, &mut out).unwrap();
    assert_eq!(out.stream(), bytes);
    compare(
        options,
        timed(
            "registers/restore/named",
            "restore of 50 small fields, by aliases and newtypes",
        )
        .target_ratio(1.0)
        .note(SET_UP),
        peer,
        rounds,
        || {
            let mut input = Reader::new(black_box(image.stream()), image);
            value.restore(&mut input).unwrap();
            input.finish().unwrap();
            black_box(&value);
        },
        || {
            other.read(black_box(bytes)).unwrap();
            black_box(&other);
        },
    );
}

/// What a writer and a reader cost to set up is paid once for a harness, not for each device.
fn many_devices(options: &Options, rounds: usize) {
    let value = vec![Registers::sample(); 16];
    let mut image = Image::new();
    save_to(&value, &mut image).unwrap();
    let (mut out, mut theirs) = (Image::new(), Vec::new());
    let write_all = |value: &[Registers], out: &mut Vec<u8>| {
        out.clear();
        out.extend_from_slice(&(value.len() as u64).to_le_bytes());
        value.iter().for_each(|device| device.write(out));
    };
    write_all(&value, &mut theirs);
    assert_eq!(image.stream(), theirs);
    compare(
        options,
        timed("registers/save-16", "save of 16 devices of 50 small fields").target_ratio(1.0),
        "hand-written code",
        rounds,
        || {
            out.clear();
            save_to(black_box(&value), &mut out).unwrap();
            black_box(out.stream());
        },
        || {
            write_all(black_box(&value), &mut theirs);
            black_box(&theirs);
        },
    );
    let (mut live, mut other) = (value.clone(), value.clone());
    compare(
        options,
        timed(
            "registers/restore-16",
            "restore of 16 devices of 50 small fields",
        )
        .target_ratio(1.0),
        "hand-written code",
        rounds,
        || {
            let mut input = Reader::new(black_box(image.stream()), &image);
            live.restore(&mut input).unwrap();
            input.finish().unwrap();
            black_box(&live);
        },
        || {
            let (count, items) = black_box(image.stream()).split_first_chunk().unwrap();
            assert_eq!(u64::from_le_bytes(*count), other.len() as u64);
            let size = items.len() / other.len();
            for (device, bytes) in other.iter_mut().zip(items.chunks_exact(size)) {
                device.read(bytes).unwrap();
            }
            black_box(&other);
        },
    );
    assert_eq!(live, other);
}

/// Against code that knows the harness, and verifies no more than it must.
fn harness_by_hand(options: &Options, rounds: usize) {
    let peer = "hand-written code";
    let value = harness::sample();
    let mut image = Image::new();
    let mut bytes = Vec::new();
    compare(
        options,
        timed("harness/save/by-hand", "save of a harness"),
        peer,
        rounds,
        || save_into_image(black_box(&value), &mut image).unwrap(),
        || {
            bytes.clear();
            black_box(&value).write(&mut bytes);
            black_box(&bytes);
        },
    );
    save_into_image(&value, &mut image).unwrap();
    bytes.clear();
    value.write(&mut bytes);
    let (mut live, mut other) = (value.clone(), value.clone());
    compare(
        options,
        timed(
            "harness/restore/by-hand",
            "verified restore of a harness, in place",
        )
        .note(VERIFIED),
        peer,
        rounds,
        || restore_from_image(&mut live, black_box(&image)).unwrap(),
        || other.read(black_box(&bytes)).unwrap(),
    );
    assert_eq!((&live, &other), (&value, &value));
}

/// Size, save and restore of a value; `part` begins the rows' names, `what` is a "save of ...".
fn against_peers<T: EveryPeers>(options: &Options, rounds: usize, part: &str, what: &str, value: T)
where
    T::Archived: for<'a> CheckBytes<HighValidator<'a, RkyvError>>
        + Deserialize<T, HighDeserializer<RkyvError>>,
{
    let mut image = Image::new();
    save_into_image(&value, &mut image).unwrap();
    let mut live = value.clone();

    let bitcode = bitcode::encode(&value);
    let mut buffer = bitcode::Buffer::new();
    let rkyv = rkyv::to_bytes::<RkyvError>(&value).unwrap();
    let borsh = borsh::to_vec(&value).unwrap();
    let postcard = postcard::to_stdvec(&value).unwrap();

    let sizes = [bitcode.len(), rkyv.len(), borsh.len(), postcard.len()];
    for (peer, size) in PEERS.iter().zip(sizes) {
        let name = format!("derive/{part}/size/{peer}");
        if options.wants(&name) {
            Row::new(
                name,
                format!("size of {what}"),
                "B",
                vec![image.size() as f64],
            )
            .against(*peer, vec![size as f64])
            .note(FIXED_WIDTHS)
            .print();
        }
    }

    let mut bytes = Vec::new();
    let mut spare = Vec::new();
    let saves: [Box<dyn FnMut() + '_>; 4] = [
        Box::new(|| {
            black_box(buffer.encode(black_box(&value)));
        }),
        Box::new(|| {
            black_box(rkyv::to_bytes::<RkyvError>(black_box(&value)).unwrap());
        }),
        Box::new(|| {
            bytes.clear();
            borsh::to_writer(&mut bytes, black_box(&value)).unwrap();
            black_box(&bytes);
        }),
        Box::new(|| {
            spare = postcard::to_extend(black_box(&value), std::mem::take(&mut spare)).unwrap();
            spare.clear();
        }),
    ];
    let mut out = Image::new();
    for (peer, theirs) in PEERS.iter().zip(saves) {
        let name = format!("{part}/save/{peer}");
        let ours = || save_into_image(black_box(&value), &mut out).unwrap();
        compare(
            options,
            timed(&name, &format!("save of {what}")),
            peer,
            rounds,
            ours,
            theirs,
        );
    }

    let restores: [Box<dyn FnMut() + '_>; 4] = [
        Box::new(|| {
            black_box(bitcode::decode::<T>(black_box(&bitcode)).unwrap());
        }),
        Box::new(|| {
            black_box(rkyv::from_bytes::<T, RkyvError>(black_box(&rkyv)).unwrap());
        }),
        Box::new(|| {
            black_box(borsh::from_slice::<T>(black_box(&borsh)).unwrap());
        }),
        Box::new(|| {
            black_box(postcard::from_bytes::<T>(black_box(&postcard)).unwrap());
        }),
    ];
    for (peer, theirs) in PEERS.iter().zip(restores) {
        let name = format!("{part}/restore/{peer}");
        let ours = || {
            restore_from_image(&mut live, black_box(&image)).unwrap();
            black_box(&live);
        };
        let row = timed(&name, &format!("verified restore of {what}, in place")).note(VERIFIED);
        compare(options, row, peer, rounds, ours, theirs);
    }
    assert_eq!(live, value);
}

/// Against `memcpy` between buffers that both exist: 80 % of its speed is 1.25 of its time.
fn bulk_data(options: &Options) {
    let rows = [
        timed("bulk/1024mib/save", "save of a `Vec<u64>` of 1 GiB").target_ratio(1.25),
        timed(
            "bulk/1024mib/restore",
            "verified restore in place of a `Vec<u64>` of 1 GiB",
        )
        .target_ratio(1.25),
    ];
    if !rows.iter().any(|row| options.wants(&row.row)) {
        return;
    }
    let rounds = options.samples(9, 5);
    let words: Vec<u64> = (0..(1 << 30) / 8).collect();
    let mut image = Image::new();
    save_to(&words, &mut image).unwrap();
    let mut copy = words.clone();
    let [save, restore] = rows;
    compare(
        options,
        save,
        "memcpy",
        rounds,
        || {
            image.clear();
            let mut out = Writer::new(&mut image);
            black_box(&words).save(&mut out).unwrap();
            out.finish().unwrap();
        },
        || {
            copy.copy_from_slice(black_box(&words));
            black_box(&copy);
        },
    );
    save_into_image(&words, &mut image).unwrap();
    let mut live = words.clone();
    compare(
        options,
        restore,
        "memcpy",
        rounds,
        || {
            restore_from_image(&mut live, black_box(&image)).unwrap();
            black_box(&live);
        },
        || {
            copy.copy_from_slice(black_box(&words));
            black_box(&copy);
        },
    );
    assert_eq!(live, words);
}
