//! The crates use what `ARCHITECTURE.md` allows, and nothing else.

use wayside_tests::borders::{differences, graph, table};
use wayside_tests::root;

#[test]
fn the_table_and_the_graph_are_the_same() {
    let table = table(&std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap());
    let found = differences(&table, &graph().unwrap());
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert!(table.len() >= 14);
}

#[test]
fn an_import_over_a_border_is_seen() {
    let graph = graph().unwrap();
    let mut reaching = graph.clone();
    reaching.get_mut("wayside-vault").unwrap().ours.insert("wayside-forms".to_owned());
    assert_eq!(differences(&graph, &reaching).len(), 1);
    let mut online = graph.clone();
    online.get_mut("wayside-field").unwrap().outside.insert("tokio".to_owned());
    assert_eq!(differences(&graph, &online).len(), 1);
    let mut missing = graph.clone();
    missing.remove("wayside-sync");
    assert_eq!(differences(&graph, &missing).len(), 1);
}

/// Whatever the table says, these hold.
#[test]
fn nothing_of_the_core_reaches_up_or_out() {
    let graph = graph().unwrap();
    let core = ["model", "forms", "screening", "seal", "vault", "sync", "field"].map(|name| format!("wayside-{name}"));
    for name in &core {
        let uses = &graph[name];
        assert!(uses.ours.iter().all(|other| core.contains(other)), "{name} uses {:?}", uses.ours);
        for network in ["axum", "hyper", "reqwest", "rustls", "tokio", "ureq", "uniffi"] {
            assert!(!uses.outside.contains(network), "{name} uses {network}");
        }
    }
    assert!(!graph["wayside-vault"].ours.contains("wayside-forms"));
    assert!(!graph["wayside-forms"].ours.contains("wayside-vault"));
}
