//! Areas, distances and places inside shapes, on a sphere.

use crate::error::Problem;
use crate::xpath::ast::Expr;
use crate::xpath::eval::{Context, Eval};
use crate::xpath::functions::Function;
use crate::xpath::number;
use crate::xpath::value::Value;

/// Equatorial radius of WGS 84 in metres, as Collect and Web Forms take it.
const RADIUS: f64 = 6_378_100.0;

/// Latitude and longitude in degrees.
type Point = (f64, f64);

pub(crate) fn call<'a>(
    e: &Eval<'a>,
    function: Function,
    arguments: &'a [Expr],
    c: &Context,
) -> Result<Value<'a>, Problem> {
    match function {
        Function::Area | Function::EnclosedArea => Ok(area(&points(e, std::slice::from_ref(&arguments[0]), c)?).into()),
        Function::Distance => {
            let points = points(e, arguments, c)?;
            Ok(points.windows(2).map(|pair| distance(pair[0], pair[1])).sum::<f64>().into())
        }
        Function::Intersects => {
            let points = points(e, arguments, c)?;
            e.spend(points.len().saturating_mul(points.len()))?;
            Ok(crosses_itself(&points).into())
        }
        _ => {
            let place = e.text(&arguments[0], c)?;
            let shape = e.text(&arguments[1], c)?;
            let shape = trace(&shape).filter(|shape| shape.len() > 2).ok_or(Problem::Geo)?;
            let Some(place) = point(&place) else { return Ok(false.into()) };
            Ok(inside(place, &shape).into())
        }
    }
}

/// All points of all arguments; a set of nodes gives one trace or point a node.
fn points<'a>(e: &Eval<'a>, arguments: &'a [Expr], c: &Context) -> Result<Vec<Point>, Problem> {
    let mut all = Vec::new();
    for argument in arguments {
        let texts: Vec<_> = match e.eval(argument, c)? {
            Value::Nodes(nodes) => nodes.iter().map(|node| e.text_of(*node)).collect(),
            value => vec![e.to_text(value)],
        };
        for text in texts.iter().filter(|text| !text.trim().is_empty()) {
            all.extend(trace(text).ok_or(Problem::Geo)?);
        }
    }
    Ok(all)
}

fn trace(text: &str) -> Option<Vec<Point>> {
    text.split(';').filter(|part| !part.trim().is_empty()).map(point).collect()
}

/// `latitude longitude [altitude [accuracy]]`
pub(crate) fn point(text: &str) -> Option<Point> {
    let numbers: Vec<f64> = text.split_whitespace().map(number::parse).collect();
    match numbers.as_slice() {
        [latitude, longitude, ..] if numbers.len() <= 4 && numbers.iter().all(|number| number.is_finite()) => {
            let real = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
            real.then_some((*latitude, *longitude))
        }
        _ => None,
    }
}

/// Square metres (Chamberlain and Duquette, JPL 07-03, 2007).
fn area(points: &[Point]) -> f64 {
    if points.len() < 3 {
        return 0.0;
    }
    let next = points.iter().cycle().skip(1);
    let sum: f64 = points
        .iter()
        .zip(next)
        .map(|(a, b)| (b.1 - a.1).to_radians() * (2.0 + a.0.to_radians().sin() + b.0.to_radians().sin()))
        .sum();
    (sum * RADIUS * RADIUS / 2.0).abs()
}

/// Metres along the great circle, by the haversine formula.
fn distance(a: Point, b: Point) -> f64 {
    let half = |from: f64, to: f64| ((to - from).to_radians() / 2.0).sin().powi(2);
    let h = half(a.0, b.0) + a.0.to_radians().cos() * b.0.to_radians().cos() * half(a.1, b.1);
    2.0 * RADIUS * h.sqrt().min(1.0).asin()
}

/// Two segments meet that do not follow each other, in the plane of degrees.
fn crosses_itself(points: &[Point]) -> bool {
    let segments: Vec<(Point, Point)> = points.windows(2).map(|pair| (pair[0], pair[1])).collect();
    let is_closed = points.len() > 3 && points.first() == points.last();
    segments.iter().enumerate().any(|(first, one)| {
        segments.iter().enumerate().skip(first + 2).any(|(second, other)| {
            // The last segment of a shape ends where the first begins.
            let follow = is_closed && first == 0 && second + 1 == segments.len();
            !follow && meet(*one, *other)
        })
    })
}

/// Each segment's ends are on different sides of the other, or an end lies on it (de Berg and others, Computational
/// Geometry, ch. 2).
fn meet(one: (Point, Point), other: (Point, Point)) -> bool {
    let side = |a: Point, b: Point, c: Point| (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0);
    let within = |a: Point, b: Point, c: Point| {
        (a.0.min(b.0)..=a.0.max(b.0)).contains(&c.0) && (a.1.min(b.1)..=a.1.max(b.1)).contains(&c.1)
    };
    let ends = [(one.0, one.1, other.0), (one.0, one.1, other.1), (other.0, other.1, one.0), (other.0, other.1, one.1)];
    let sides = ends.map(|(a, b, c)| side(a, b, c));
    sides[0] * sides[1] < 0.0 && sides[2] * sides[3] < 0.0
        || ends.iter().zip(sides).any(|((a, b, c), side)| side == 0.0 && within(*a, *b, *c))
}

/// Even-odd rule in the plane of degrees.
fn inside(place: Point, shape: &[Point]) -> bool {
    let mut inside = false;
    let mut before = shape[shape.len() - 1];
    for corner in shape {
        let crosses = (corner.1 > place.1) != (before.1 > place.1);
        if crosses && place.0 < (before.0 - corner.0) * (place.1 - corner.1) / (before.1 - corner.1) + corner.0 {
            inside = !inside;
        }
        before = *corner;
    }
    inside
}
