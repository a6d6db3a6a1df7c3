//! What a viewer can show: scopes and items, with the names by which the timeline knows them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::message::{Designation, Refusal};
use crate::timeline::{QueryError, SignalInfo, SignalPlace, Timeline};

/// The most signals that are listed.
const MOST_ITEMS: usize = 100_000;
/// Words of an array that are listed as items; of a larger array none are.
const MOST_WORDS: u32 = 256;
/// The scope of the harness's fields.
const HARNESS: &str = "harness";

/// A vector or a number that has a value at each cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What the timeline is asked for.
    pub name: String,
    pub width: u32,
    pub lsb: i32,
    /// It has to be asked for as a wire.
    pub is_wire: bool,
}

/// Items and scopes by their identifiers: names joined by one space. The root scope is the empty one.
#[derive(Debug, Default)]
pub struct Catalogue {
    items: BTreeMap<String, Item>,
    scopes: BTreeSet<String>,
}

impl Catalogue {
    /// # Errors
    ///
    /// The timeline does not answer.
    pub fn of(timeline: &mut Timeline) -> Result<Self, QueryError> {
        let (signals, _) = timeline.signals("", MOST_ITEMS)?;
        // A harness that writes no waveform has no wires.
        let wires = match timeline.wires("*", MOST_ITEMS) {
            Ok((wires, _)) => wires,
            Err(QueryError::Failed(_)) => Vec::new(),
            Err(other) => return Err(other),
        };
        Ok(Self::new(&signals, &wires))
    }

    fn new(signals: &[SignalInfo], wires: &[SignalInfo]) -> Self {
        let mut catalogue = Self::default();
        catalogue.scopes.insert(String::new());
        for signal in signals {
            catalogue.add_signal(signal);
        }
        let known: BTreeSet<&str> = signals.iter().map(|signal| signal.name.as_str()).collect();
        for wire in wires {
            let array = wire.name.split('[').next().unwrap_or_default();
            if !known.contains(array) {
                catalogue.add(&wire.name, wire, true);
            }
        }
        catalogue
    }

    fn add_signal(&mut self, signal: &SignalInfo) {
        match signal.dimensions[..] {
            [] => self.add(&signal.name, signal, false),
            [words] if words <= MOST_WORDS => {
                for word in 0..words {
                    self.add(&format!("{}[{word}]", signal.name), signal, false);
                }
            }
            _ => {}
        }
    }

    fn add(&mut self, name: &str, signal: &SignalInfo, is_wire: bool) {
        if signal.width == 0 {
            return;
        }
        let scoped = match signal.place {
            SignalPlace::Harness => format!("{HARNESS}.{name}"),
            SignalPlace::Model | SignalPlace::Wire => name.to_owned(),
        };
        let id = scoped.replace('.', " ");
        if self.items.contains_key(&id) {
            return;
        }
        let mut scope = parent(&id);
        while !scope.is_empty() && self.scopes.insert(scope.to_owned()) {
            scope = parent(scope);
        }
        let item = Item {
            name: name.to_owned(),
            width: signal.width,
            lsb: lsb(&signal.range),
            is_wire,
        };
        self.items.insert(id, item);
    }

    /// All scopes, or those within one.
    ///
    /// # Errors
    ///
    /// There is no such scope.
    pub fn list_scopes(&self, within: Option<&str>) -> Result<Value, Refusal> {
        self.check(within)?;
        let described = self
            .scopes
            .iter()
            .filter(|id| within.is_none_or(|scope| !id.is_empty() && parent(id) == scope))
            .map(|id| {
                let name = id.rsplit(' ').next().filter(|name| !name.is_empty());
                let described = json!({
                    "type": "module",
                    "definition": { "src": null, "name": name, "attributes": {} },
                    "instantiation": { "src": null, "attributes": {} },
                });
                (id.clone(), described)
            });
        Ok(Value::Object(described.collect::<Map<_, _>>()))
    }

    /// All items, or those of one scope.
    ///
    /// # Errors
    ///
    /// There is no such scope.
    pub fn list_items(&self, within: Option<&str>) -> Result<Value, Refusal> {
        self.check(within)?;
        let described = self
            .items
            .iter()
            .filter(|(id, _)| within.is_none_or(|scope| parent(id) == scope))
            .map(|(id, item)| {
                let described = json!({
                    "type": "node",
                    "src": null,
                    "width": item.width,
                    "lsb_at": item.lsb,
                    "settable": false,
                    "input": false,
                    "output": false,
                    "attributes": {},
                });
                (id.clone(), described)
            });
        Ok(Value::Object(described.collect::<Map<_, _>>()))
    }

    fn check(&self, scope: Option<&str>) -> Result<(), Refusal> {
        match scope {
            Some(scope) if !self.scopes.contains(scope) => Err(Refusal::new(
                "invalid_args",
                format!("no scope is called `{scope}`"),
            )),
            _ => Ok(()),
        }
    }

    /// The items that a client designates.
    ///
    /// # Errors
    ///
    /// One of them is none.
    pub fn find(&self, designations: &[Designation]) -> Result<Vec<Item>, Refusal> {
        let found = designations.iter().map(|designation| {
            let id = match designation {
                Designation::Node((id,)) => id,
                Designation::Words((id, ..)) => {
                    return Err(Refusal::new(
                        "invalid_args",
                        format!("`{id}` is no memory; its words are items of their own"),
                    ));
                }
            };
            self.items
                .get(id)
                .cloned()
                .ok_or_else(|| Refusal::new("invalid_args", format!("no item is called `{id}`")))
        });
        found.collect()
    }
}

/// The scope of a scope or an item.
fn parent(id: &str) -> &str {
    id.rsplit_once(' ').map_or("", |(scope, _)| scope)
}

/// Of a range such as `[31:0]`, the second bound.
fn lsb(range: &str) -> i32 {
    let bounds = range.trim_matches(['[', ']']);
    let low = bounds.split_once(':').map(|(_, low)| low.parse());
    low.and_then(Result::ok).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal(
        name: &str,
        range: &str,
        width: u32,
        dimensions: &[u32],
        place: SignalPlace,
    ) -> SignalInfo {
        SignalInfo {
            name: name.to_owned(),
            range: range.to_owned(),
            width,
            dimensions: dimensions.to_vec(),
            place,
        }
    }

    fn catalogue() -> Catalogue {
        let signals = [
            signal("clk", "", 1, &[], SignalPlace::Model),
            signal("soc.core.pc", "[31:2]", 30, &[], SignalPlace::Model),
            signal("soc.core.regs", "[31:0]", 32, &[3], SignalPlace::Model),
            signal("soc.ram", "[7:0]", 8, &[65536], SignalPlace::Model),
            signal("soc.name", "", 0, &[], SignalPlace::Model),
            signal("uart.sent", "", 64, &[], SignalPlace::Harness),
        ];
        let wires = [
            signal("soc.core.pc", "", 30, &[], SignalPlace::Wire),
            signal("soc.core.regs[1]", "", 32, &[], SignalPlace::Wire),
            signal("soc.next", "", 4, &[], SignalPlace::Wire),
        ];
        Catalogue::new(&signals, &wires)
    }

    fn keys(object: &Value) -> Vec<&str> {
        object
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect()
    }

    #[test]
    fn names_become_scopes_and_items() {
        let catalogue = catalogue();
        let scopes = catalogue.list_scopes(None).unwrap();
        assert_eq!(
            keys(&scopes),
            ["", "harness", "harness uart", "soc", "soc core"]
        );
        assert_eq!(
            keys(&catalogue.list_scopes(Some("")).unwrap()),
            ["harness", "soc"]
        );
        assert_eq!(
            keys(&catalogue.list_scopes(Some("soc")).unwrap()),
            ["soc core"]
        );
        let items = catalogue.list_items(None).unwrap();
        assert_eq!(
            keys(&items),
            [
                "clk",
                "harness uart sent",
                "soc core pc",
                "soc core regs[0]",
                "soc core regs[1]",
                "soc core regs[2]",
                "soc next"
            ]
        );
        assert_eq!(items["soc core pc"]["lsb_at"], 2);
        assert_eq!(keys(&catalogue.list_items(Some("")).unwrap()), ["clk"]);
        assert_eq!(
            keys(&catalogue.list_items(Some("soc")).unwrap()),
            ["soc next"]
        );
        let refused = catalogue.list_items(Some("sock")).unwrap_err();
        assert_eq!(refused.code, "invalid_args");
    }

    #[test]
    fn items_are_found_by_their_identifiers() {
        let catalogue = catalogue();
        let node = |id: &str| Designation::Node((id.to_owned(),));
        let found = catalogue
            .find(&[node("soc next"), node("harness uart sent")])
            .unwrap();
        assert_eq!((&*found[0].name, found[0].is_wire), ("soc.next", true));
        assert_eq!((&*found[1].name, found[1].is_wire), ("uart.sent", false));
        assert!(catalogue.find(&[node("soc nxt")]).is_err());
        let words = Designation::Words(("soc ram".to_owned(), 0, 3));
        assert!(catalogue.find(&[words]).is_err());
    }
}
