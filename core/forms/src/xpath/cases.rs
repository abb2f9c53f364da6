//! Own cases, one table a group of functions. `!` stands for a problem or a refused expression.

use crate::error::Problem;
use crate::xpath::bench::{Bench, Outcome};

const DOCUMENT: &str = "<data><n>7</n><e/><d>2024-02-10</d><s>b c</s><a id='first'>x</a>\
    <r><v>4</v></r><r><v/></r><r><v>1</v></r><g><p>5</p><q>6</q></g>\
    <shape>0 0 0 0;0 1 0 0;1 1 0 0;1 0 0 0;0 0 0 0</shape></data>";

pub(super) fn check(table: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (expression, wanted) in table {
        let mut bench = Bench::new(DOCUMENT, None).unwrap();
        let context = bench.node("/*[1]").unwrap();
        let have = match bench.outcome(expression, context, "string") {
            Ok(Outcome::Text(text)) => text,
            _ => "!".to_owned(),
        };
        if have != *wanted {
            wrong.push(format!("{expression}: {have}, not {wanted}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
#[should_panic(expected = "1 + 1: 2, not 3")]
fn a_wrong_expectation_is_found() {
    check(&[("1 + 1", "3")]);
}

#[test]
fn grammar() {
    check(&[
        ("1 + 2 * 3 - 4 div 2", "5"),
        ("(1 + 2) * 3", "9"),
        ("7 mod 4 = 3 and not(1 > 2)", "true"),
        ("1 = 1 = true()", "true"),
        ("3 > 2 > 1", "false"),
        ("--7", "7"),
        ("- n", "-7"),
        ("n - n", "0"),
        ("/data/r[2]/v | /data/n", "7"),
        ("(/data/r/v)[3]", "1"),
        ("/data/r[v = 1]/v", "1"),
        ("count(//v)", "3"),
        ("count(/data/*)", "10"),
        ("name(/data/a/..)", "data"),
        ("/data/a/@id", "first"),
        ("count(/data/r[1]/following-sibling::r)", "2"),
        ("name(/data/r[3]/preceding-sibling::*[1])", "r"),
        ("count(/data/g/p/ancestor::*)", "2"),
        ("self::data/n", "7"),
        ("current()/n", "7"),
        ("1 +", "!"),
        ("(1", "!"),
        ("/data/[1]", "!"),
        ("foo::bar", "!"),
        ("", "!"),
        ("1 2", "!"),
    ]);
}

#[test]
fn node_sets() {
    check(&[
        ("count(/data/r)", "3"),
        ("count-non-empty(/data/r/v)", "2"),
        ("sum(/data/r/v)", "5"),
        ("min(/data/r/v)", "1"),
        ("max(/data/r/v)", "4"),
        ("max(-1, -3)", "-1"),
        ("max(/data/e)", "NaN"),
        ("position(/data/r[2])", "2"),
        ("/data/r[position() = last()]/v", "1"),
        ("name(/data/r)", "r"),
        ("local-name(/data/none)", ""),
        ("id('first')", "x"),
        ("indexed-repeat(/data/r/v, /data/r, 3)", "1"),
        ("indexed-repeat(/data/r/v, /data/r, 4)", ""),
        ("count('x')", "!"),
        ("count(1, 2)", "!"),
        ("instance('none')/root", "!"),
    ]);
}

#[test]
fn strings() {
    check(&[
        ("concat('a', n, /data/r/v)", "a741"),
        ("join(',', /data/r/v)", "4,,1"),
        ("substr('hello', 1, 3)", "el"),
        ("substr('hello', -3)", "llo"),
        ("substr('héllo', 1, 2)", "é"),
        ("substring('12345', 2, 3)", "234"),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("substring('12345', -1 div 0)", "12345"),
        ("substring-before('a-b', '-')", "a"),
        ("substring-after('a-b-c', '-')", "b-c"),
        ("string-length('é')", "1"),
        ("normalize-space(' a  b ')", "a b"),
        ("translate('bar', 'abc', 'AB')", "BAr"),
        ("contains('abc', 'bc')", "true"),
        ("starts-with('abc', 'b')", "false"),
        ("ends-with('abc', 'bc')", "true"),
        ("regex('abc123', '[a-z]+[0-9]+')", "true"),
        ("regex('abc123', '[0-9]+')", "false"),
        ("regex('ab', '(?=a)ab')", "true"),
        ("regex('a', '(')", "!"),
        ("string-length(uuid())", "36"),
        ("string-length(uuid(8))", "8"),
        ("digest('abc', 'SHA-1', 'hex')", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("digest('', 'MD5')", "1B2M2Y8AsgTpgAmY7PhCfg=="),
        ("digest('a', 'CRC')", "!"),
        ("base64-decode('SGk')", "Hi"),
        ("nothing-like-this()", "!"),
    ]);
}

#[test]
fn booleans() {
    check(
        &[
            ("boolean('false')", "true"),
            ("boolean(0)", "false"),
            ("boolean-from-string('TRUE')", "true"),
            ("boolean-from-string('yes')", "false"),
            ("if(/data/e, 'y', 'n')", "n"),
            ("if(n > 6, 'y', 1 div 'x')", "y"),
            ("coalesce(/data/e, '', n)", "7"),
            ("once('x')", "xb c"),
            ("checklist(1, 2, true(), false(), true())", "true"),
            ("checklist(-1, 1, true(), true())", "false"),
            ("weighted-checklist(5, -1, true(), 3, true(), 2)", "true"),
            ("weighted-checklist(0, 1, true())", "!"),
            ("not(/data/none)", "true"),
            ("depend(n)", "true"),
            ("if(true())", "!"),
        ]
        // `once` stands on the root element here, whose text is all text in it.
        .map(|case| if case.0 == "once('x')" { (case.0, "x") } else { case }),
    );
}

#[test]
fn numbers() {
    check(&[
        ("number('') + 1", "NaN"),
        ("number('1e3')", "NaN"),
        ("number('1,5')", "NaN"),
        ("int('7.9')", "7"),
        ("int(-7.9)", "-7"),
        ("int('7.9e-12')", "NaN"),
        ("round(-2.5)", "-2"),
        ("round(0.49999999999999994)", "0"),
        ("round(1.005, 2)", "1.01"),
        ("round(n, -1)", "10"),
        ("floor(-1.1)", "-2"),
        ("ceiling(1.1)", "2"),
        ("pow(2, 10)", "1024"),
        ("log10(1000)", "3"),
        ("sqrt(16)", "4"),
        ("abs(-2)", "2"),
        ("exp(0) + cos(0)", "2"),
        ("atan2(0, 1)", "0"),
        ("pi() > 3.14", "true"),
        ("1000000000000", "1000000000000"),
        ("12345678.9", "12345678.9"),
        ("random() < 1", "true"),
    ]);
}

#[test]
fn dates() {
    check(&[
        ("today()", "2023-11-14"),
        ("now()", "2023-11-14T22:13:20.000+00:00"),
        ("date('2024-02-10') + 1", "19764"),
        ("'2024-02-10' + 1", "19764"),
        ("date(date('2024-02-10') + 1)", "2024-02-11"),
        ("/data/d > '2024-01-01'", "true"),
        ("date(/data/d) = '2024-02-10'", "true"),
        ("date('2024-02-30')", "!"),
        ("date(true())", "!"),
        ("date('')", ""),
        ("date(0)", "1970-01-01"),
        ("date-time('2024-02-10T01:02:03.004+00:00')", "2024-02-10T01:02:03.004+00:00"),
        ("decimal-date-time('1970-01-02T12:00:00Z')", "1.5"),
        ("decimal-time('06:00:00.000+00:00')", "0.25"),
        ("format-date('2024-02-09', '%d/%m/%y %e %n %a %b')", "09/02/24 9 2 Fri Feb"),
        ("format-date-time('2024-02-09T05:06:07.089Z', '%Y %H:%M:%S.%3 %h')", "2024 05:06:07.089 5"),
        ("format-date('2024-02-09', '%Q')", "!"),
        ("format-date('', '%Y')", ""),
        ("date(99999999)", "!"),
    ]);
}

#[test]
fn selects_and_places() {
    check(&[
        ("selected(/data/s, 'c')", "true"),
        ("selected('bc', 'b')", "false"),
        ("selected('', '')", "true"),
        ("selected-at(/data/s, 1)", "c"),
        ("selected-at(/data/s, 2)", ""),
        ("selected-at(/data/s, -1)", ""),
        ("count-selected(/data/s)", "2"),
        ("geofence('0.5 0.5', /data/shape)", "true"),
        ("geofence('1.5 0.5', /data/shape)", "false"),
        ("geofence('1.5 0.5', 'nowhere')", "!"),
        ("round(area(/data/shape) div 1000000)", "12391"),
        ("round(distance('0 0', '0 1') div 1000)", "111"),
        ("distance('95 0', '0 1')", "!"),
    ]);
}

#[test]
fn nothing_runs_without_an_end() {
    let rows = "<i/>".repeat(2_000);
    let mut bench = Bench::new(&format!("<data>{rows}</data>"), None).unwrap();
    let run = |bench: &mut Bench, text: &str| bench.run(text, 0, |_, _, value| value.err());
    assert_eq!(run(&mut bench, "count(/data/i[count(/data/i) > 0])"), Ok(Some(Problem::Steps)));
    assert_eq!(run(&mut bench, "count(/data/i)"), Ok(None));
    assert_eq!(
        run(&mut bench, "regex('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', '(a|aa)+\\1$')"),
        Ok(Some(Problem::Regex))
    );
}

#[test]
fn depth_is_bounded_and_length_is_not() {
    // The stack of a thread on iOS.
    let thread = std::thread::Builder::new().stack_size(512 * 1024);
    let done = thread.spawn(|| {
        let mut bench = Bench::new("<data/>", None).unwrap();
        let mut number = |text: &str| match bench.outcome(text, 0, "number") {
            Ok(Outcome::Number(number)) => Some(number),
            _ => None,
        };
        assert_eq!(number(&format!("{}1{}", "(".repeat(127), ")".repeat(127))), Some(1.0));
        assert_eq!(number(&format!("{}1{}", "if(true(),".repeat(126), ",0)".repeat(126))), Some(1.0));
        for deep in [1_000, 100_000] {
            assert_eq!(number(&format!("{}1{}", "(".repeat(deep), ")".repeat(deep))), None);
            assert_eq!(number(&format!("/data{}{}", "[/data".repeat(deep), "]".repeat(deep))), None);
        }
        assert_eq!(number(&format!("0{}", "+1".repeat(100_000))), Some(100_000.0));
        assert_eq!(number(&format!("{}1", "-".repeat(100_000))), Some(1.0));
        assert_eq!(number(&format!("0{}", " or 0".repeat(100_000))), Some(0.0));
    });
    done.unwrap().join().unwrap();
}
