//! `random`, `uuid` and the order that `randomize` gives.

use crate::error::Problem;
use crate::xpath::ast::Expr;
use crate::xpath::eval::{Context, Eval};
use crate::xpath::fn_digest::seed_of;
use crate::xpath::functions::Function;
use crate::xpath::value::{NodeRef, Value};

pub(crate) fn call<'a>(
    e: &Eval<'a>,
    function: Function,
    arguments: &'a [Expr],
    c: &Context,
) -> Result<Value<'a>, Problem> {
    match function {
        // 53 bits are what a double holds.
        Function::Random => Ok(((e.draw() >> 11) as f64 / (1_u64 << 53) as f64).into()),
        Function::Uuid => match arguments.first() {
            None => Ok(uuid(e).into()),
            Some(length) => {
                let length = e.number(length, c)?;
                let length = if length > 0.0 { length.min(10_000.0) as usize } else { 0 };
                e.spend(length)?;
                Ok((0..length).map(|_| LETTERS[(e.draw() % 62) as usize] as char).collect::<String>().into())
            }
        },
        _ => {
            let nodes = e.nodes(&arguments[0], c)?;
            let seed = match arguments.get(1) {
                Some(argument) => seed(e, e.eval(argument, c)?),
                None => e.draw() as i64,
            };
            Ok(Value::Nodes(shuffle(nodes, seed)))
        }
    }
}

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Eval<'_> {
    /// The next number of the session's own generator (SplitMix64, Steele and others 2014). Not for secrets.
    pub(crate) fn draw(&self) -> u64 {
        let state = self.random.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.random.set(state);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// RFC 9562 version 4 layout.
fn uuid(e: &Eval<'_>) -> String {
    let high = (e.draw() & !0xf000) | 0x4000;
    let low = (e.draw() & !(0b11 << 62)) | (0b10 << 62);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xffff,
        low >> 48,
        low & 0xffff_ffff_ffff
    )
}

/// A number is the seed itself, a text stands for one by its hash, blank is 0.
fn seed<'a>(e: &Eval<'a>, value: Value<'a>) -> i64 {
    let number = e.to_number(&value);
    if !number.is_nan() {
        return number as i64;
    }
    let text = e.to_text(value);
    if text.is_empty() || text == "NaN" { 0 } else { seed_of(&text) }
}

/// Inside-out Fisher-Yates over Park-Miller's generator (multiplier 16807, modulus 2^31 - 1), bit for bit as Collect does
/// it, so that choices come in the same order on every client.
fn shuffle(nodes: Vec<NodeRef>, seed: i64) -> Vec<NodeRef> {
    const MODULUS: i64 = 2_147_483_647;
    let mut state = seed % MODULUS;
    if state <= 0 {
        state += MODULUS - 1;
    }
    let mut shuffled: Vec<NodeRef> = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.into_iter().enumerate() {
        state = state * 16_807 % MODULUS;
        let fraction = (state - 1) as f64 / (MODULUS - 1) as f64;
        let place = (fraction * (index as f64 + 1.0)).floor() as usize;
        if place >= shuffled.len() {
            shuffled.push(node);
        } else {
            shuffled.push(shuffled[place]);
            shuffled[place] = node;
        }
    }
    shuffled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_the_one_other_clients_give() {
        let nodes: Vec<_> = (0..6).map(|node| NodeRef { tree: 0, node }).collect();
        // Orders that the test suites of JavaRosa, Web Forms and Enketo agree on.
        for (seed, order) in [(42, "AFCBDE"), (-42, "EDAFBC"), (1, "BFEACD"), (11_111_111, "ACDBFE"), (0, "CBEAFD")] {
            let shuffled = shuffle(nodes.clone(), seed);
            let text: String = shuffled.iter().map(|node| char::from(b'A' + node.node as u8)).collect();
            assert_eq!(text, order, "{seed}");
        }
    }
}
