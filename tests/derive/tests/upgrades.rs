//! Fields and variants that were retyped or retired: `upgrade` and `until`.
#![allow(dead_code)]

use lightsss_runtime::Savable;
use lightsss_runtime::savable::restore_from_image;
use lightsss_test_derive::{restore, saved};

mod upgrades {
    use super::*;

    pub mod v1 {
        #[derive(lightsss_runtime::Savable)]
        #[savable(version = 1)]
        pub struct Clock {
            pub time: u64,
            pub mode: u8,
        }
    }
    pub mod v2 {
        #[derive(lightsss_runtime::Savable)]
        #[savable(version = 2)]
        pub struct Clock {
            pub time: u64,
            pub mode: String,
        }
    }
    #[derive(Savable, Debug, PartialEq)]
    #[savable(version = 3)]
    struct Clock {
        #[savable(since = 3, upgrade = from_nanoseconds)]
        time: u64,
        #[savable(upgrade = from_number, upgrade = from_name)]
        mode: Mode,
    }
    #[derive(Savable, Debug, PartialEq)]
    enum Mode {
        Run,
        Stop,
    }
    fn from_nanoseconds(old: u64) -> u64 {
        old * 1000
    }
    fn from_number(old: u8) -> Result<Mode, String> {
        match old {
            0 => Ok(Mode::Run),
            1 => Ok(Mode::Stop),
            other => Err(format!("no mode {other}")),
        }
    }
    fn from_name(old: String) -> Result<Mode, String> {
        match &*old {
            "run" => Ok(Mode::Run),
            "stop" => Ok(Mode::Stop),
            other => Err(format!("no mode {other}")),
        }
    }

    #[test]
    fn the_one_for_the_stored_type_is_taken() {
        let mut clock = Clock {
            time: 0,
            mode: Mode::Run,
        };
        restore(&v1::Clock { time: 7, mode: 1 }, &mut clock).unwrap();
        assert_eq!(
            clock,
            Clock {
                time: 7000,
                mode: Mode::Stop
            }
        );
        restore(
            &v2::Clock {
                time: 8,
                mode: "run".into(),
            },
            &mut clock,
        )
        .unwrap();
        assert_eq!(
            clock,
            Clock {
                time: 8000,
                mode: Mode::Run
            }
        );
        // The same version is not upgraded.
        let mut other = Clock {
            time: 0,
            mode: Mode::Stop,
        };
        restore(&clock, &mut other).unwrap();
        assert_eq!(other, clock);
    }

    #[test]
    fn a_refusal_names_the_field_and_changes_nothing() {
        let mut clock = Clock {
            time: 5,
            mode: Mode::Run,
        };
        let message = restore(&v1::Clock { time: 7, mode: 9 }, &mut clock).unwrap_err();
        assert_eq!(message, "clock.mode: no mode 9");
        assert_eq!(
            clock,
            Clock {
                time: 5,
                mode: Mode::Run
            }
        );
    }
}

#[test]
fn an_upgrade_may_take_a_struct_that_changed_too() {
    mod old {
        use lightsss_runtime::Savable;
        #[derive(Savable)]
        pub struct Window {
            pub rect: Rect,
        }
        #[derive(Savable)]
        pub struct Rect {
            pub w: u8,
            pub unused: u8,
            pub h: u8,
        }
    }
    #[derive(Savable)]
    struct Window {
        #[savable(upgrade = area)]
        rect: u32,
    }
    #[derive(Savable)]
    struct Rect {
        w: u8,
        h: u8,
        #[savable(default)]
        depth: u8,
    }
    fn area(rect: Rect) -> u32 {
        u32::from(rect.w) * u32::from(rect.h) + u32::from(rect.depth)
    }
    let mut new = Window { rect: 0 };
    restore(
        &old::Window {
            rect: old::Rect {
                w: 3,
                unused: 1,
                h: 5,
            },
        },
        &mut new,
    )
    .unwrap();
    assert_eq!(new.rect, 15);
}

mod retired {
    use super::*;

    pub mod v1 {
        #[derive(lightsss_runtime::Savable)]
        #[savable(version = 1)]
        pub struct Uart {
            pub baud: u32,
            pub state: State,
        }
        #[derive(lightsss_runtime::Savable)]
        #[savable(version = 1)]
        pub enum State {
            Gone(u8),
            Idle,
            Waiting(u32),
        }
    }
    #[derive(Savable, Debug, PartialEq, Clone)]
    #[savable(version = 2)]
    struct Uart {
        #[savable(until = 1)]
        baud: u32,
        state: State,
    }
    #[derive(Savable, Debug, PartialEq, Clone)]
    #[savable(version = 2)]
    enum State {
        Busy {
            cycles: u32,
        },
        Idle,
        #[savable(until = 1, upgrade = State::upgrade)]
        Waiting(u32),
    }
    impl State {
        fn upgrade(self) -> State {
            match self {
                State::Waiting(cycles) => State::Busy { cycles: cycles + 1 },
                other => other,
            }
        }
    }

    #[test]
    fn fields_are_filled_from_old_snapshots_only() {
        let mut uart = Uart {
            baud: 1,
            state: State::Idle,
        };
        restore(
            &v1::Uart {
                baud: 9600,
                state: v1::State::Idle,
            },
            &mut uart,
        )
        .unwrap();
        assert_eq!(uart.baud, 9600);
        let image = saved(&uart);
        uart.baud = 5;
        restore_from_image(&mut uart, &image).unwrap();
        assert_eq!(uart.baud, 5, "not stored any more, so left untouched");
    }

    #[test]
    fn variants_are_replaced() {
        let mut uart = Uart {
            baud: 1,
            state: State::Idle,
        };
        restore(
            &v1::Uart {
                baud: 0,
                state: v1::State::Waiting(6),
            },
            &mut uart,
        )
        .unwrap();
        assert_eq!(uart.state, State::Busy { cycles: 7 });
        let message = restore(
            &v1::Uart {
                baud: 0,
                state: v1::State::Gone(6),
            },
            &mut uart,
        )
        .unwrap_err();
        assert_eq!(
            message,
            "uart.state: stored variant Gone, which the enum no longer has; keep it with `until` and `upgrade`, or give its successor `rename = \"Gone\"`"
        );
        let unsaved = Uart {
            baud: 1,
            state: State::Waiting(2),
        };
        let message = lightsss_runtime::savable::save_to_image(&unsaved)
            .unwrap_err()
            .to_string();
        assert_eq!(
            message,
            "uart.state: variant Waiting is not stored since version 1 of its type; use its successor"
        );
    }
}
