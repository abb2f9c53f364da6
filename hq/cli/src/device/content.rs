//! `wayside device content`.

use serde::Serialize;
use wayside_field::ContentView;

use crate::device::args::OpenArgs;
use crate::error::CliError;
use crate::output::Output;
use crate::table::Table;

#[derive(Serialize)]
struct Content {
    id: String,
    version: String,
    refused: Option<Refused>,
}

#[derive(Serialize)]
struct Refused {
    version: String,
    code: &'static str,
    at: String,
}

impl From<ContentView> for Content {
    fn from(view: ContentView) -> Self {
        let refused = view.refused.map(|refused| Refused {
            version: refused.version,
            code: refused.code.as_str(),
            at: refused.at,
        });
        Self { id: view.id, version: view.version, refused }
    }
}

/// Lists what HQ has handed out.
pub(crate) fn run(args: &OpenArgs, output: &Output) -> Result<(), CliError> {
    let contents: Vec<Content> = args.open(None)?.content()?.into_iter().map(Content::from).collect();
    output.result(&contents, || {
        let mut table = Table::new(&["content", "in use", "refused", "why"]);
        for content in &contents {
            let (version, why) = content.refused.as_ref().map_or_else(Default::default, |refused| {
                (refused.version.clone(), format!("{}: {}", refused.code, refused.at))
            });
            table.row([content.id.clone(), content.version.clone(), version, why]);
        }
        table.text("HQ has handed out nothing to this device.")
    })
}
