//! GeoJSON (RFC 7946) as a list: one row a feature.

use serde_json::Value;

use crate::list::table::COLUMNS;
use crate::list::{List, ResourceError, Table};

const WRONG: ResourceError =
    ResourceError::Malformed { what: "not a feature collection of points, lines and polygons" };

pub(super) fn read(bytes: &[u8]) -> Result<Table, ResourceError> {
    let collection: Value = serde_json::from_slice(bytes).map_err(|_| WRONG)?;
    if collection["type"] != "FeatureCollection" {
        return Err(WRONG);
    }
    let features = collection["features"].as_array().ok_or(WRONG)?;
    let mut table = Table::new(vec!["geometry".to_owned()])?;
    // All columns first: a column that comes later would move every cell.
    for name in features.iter().filter_map(|feature| feature["properties"].as_object()).flat_map(|all| all.keys()) {
        table.column_or_new(name);
        if table.columns().len() > COLUMNS {
            return Err(ResourceError::TooLarge);
        }
    }
    for feature in features {
        if feature["type"] != "Feature" {
            return Err(WRONG);
        }
        let row = table.push_row();
        table.set(row, 0, &geometry(&feature["geometry"]).ok_or(WRONG)?)?;
        // RFC 7946 §3.2: a feature's own id stands beside its properties.
        let own_id = feature.get("id").map(|id| ("id", id));
        let properties = feature["properties"].as_object();
        let properties = properties.into_iter().flatten().map(|(name, value)| (name.as_str(), value));
        for (name, value) in own_id.into_iter().chain(properties) {
            // A property called as the geometry does not replace it.
            if name != "geometry" {
                let column = table.column_or_new(name);
                table.set(row, column, &text(value))?;
            }
        }
    }
    Ok(table)
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// As the instance writes places: latitude first, altitude and accuracy 0.
fn geometry(value: &Value) -> Option<String> {
    let coordinates = &value["coordinates"];
    match value["type"].as_str()? {
        "Point" => point(coordinates),
        "LineString" => points(coordinates),
        "Polygon" => coordinates.as_array()?.first().map_or(Some(String::new()), points),
        _ => None,
    }
}

fn points(value: &Value) -> Option<String> {
    let points: Option<Vec<String>> = value.as_array()?.iter().map(point).collect();
    Some(points?.join("; "))
}

fn point(value: &Value) -> Option<String> {
    let (longitude, latitude) = (value.get(0)?, value.get(1)?);
    (longitude.is_number() && latitude.is_number()).then(|| format!("{latitude} {longitude} 0 0"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::list::List;

    #[test]
    fn features_are_rows() {
        let source = r#"{"type": "FeatureCollection", "features": [
            {"type": "Feature", "id": "w", "geometry": {"type": "Point", "coordinates": [102, 0.5]}, "properties": {"n": 67, "x": null}},
            {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[0, 1], [2, 3], [0, 1]]]}, "properties": {"id": "p"}}]}"#;
        let table = Table::from_geojson(source.as_bytes()).unwrap();
        let cell = |row, name| table.cell(row, table.column(name).unwrap()).unwrap().map(|text| text.into_owned());
        assert_eq!(cell(0, "geometry").unwrap(), "0.5 102 0 0");
        assert_eq!(cell(0, "id").unwrap(), "w");
        assert_eq!(cell(0, "n").unwrap(), "67");
        assert_eq!(cell(0, "x").unwrap(), "");
        assert_eq!(cell(1, "geometry").unwrap(), "1 0 0 0; 3 2 0 0; 1 0 0 0");
        assert_eq!((cell(1, "id").unwrap().as_str(), cell(1, "n")), ("p", None));
    }

    #[test]
    fn other_json_is_refused() {
        let point =
            r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "Point"}}]}"#;
        let kind = r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": {"type": "MultiPoint", "coordinates": []}}]}"#;
        for bad in ["", "[]", "{}", r#"{"type": "Feature"}"#, point, kind] {
            assert!(Table::from_geojson(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
