//! The pages in another language. A page is made in English; then every text of ours that stands alone in an element is put
//! into the other language, and the page is turned round where that is written from the right. What was recorded is never
//! touched: it stands in elements that say so (`dir="auto"`, `bdi`, `code`, or a language of their own).

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

const COOKIE: &str = "wayside-language";
/// A page is far smaller.
const MOST: usize = 16 << 20;

/// Arabic, a draft by machine: `docs/needs-review.md`.
static ARABIC: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    include_str!("arabic.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .collect()
});

/// Chooses a language for this browser.
pub(crate) async fn choose(axum::extract::Path(language): axum::extract::Path<String>) -> Response {
    let language = if language == "ar" { "ar" } else { "en" };
    let mut response = Redirect::to("/").into_response();
    if let Ok(cookie) = HeaderValue::from_str(&format!("{COOKIE}={language}; HttpOnly; SameSite=Strict; Path=/")) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Puts pages into the language this browser chose.
pub(crate) async fn translate(request: Request, next: Next) -> Response {
    let wanted = is_arabic(request.headers());
    let response = next.run(request).await;
    let is_page =
        response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !wanted || !is_page {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MOST).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    parts.headers.remove(header::CONTENT_LENGTH);
    let page = String::from_utf8_lossy(&bytes);
    Response::from_parts(parts, Body::from(page_in(&page, &ARABIC)))
}

fn is_arabic(headers: &HeaderMap) -> bool {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.any(|pair| pair == (COOKIE, "ar"))
}

/// Elements without an end.
const VOID: [&str; 4] = ["meta", "link", "input", "br"];

fn page_in(page: &str, words: &HashMap<&str, &str>) -> String {
    let mut out = String::with_capacity(page.len() + page.len() / 4);
    // How deep we are inside an element whose text is not ours; 0: not at all.
    let mut recorded = 0_usize;
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        let (text, tail) = rest.split_at(start);
        out.push_str(&if recorded == 0 { text_in(text, words) } else { text.to_owned() });
        let Some(end) = tail.find('>') else { break };
        let (tag, after) = tail.split_at(end + 1);
        let name =
            tag.trim_start_matches(['<', '/']).split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        if tag.starts_with("</") {
            recorded = recorded.saturating_sub(usize::from(recorded > 0));
        } else if recorded > 0 {
            recorded += usize::from(!VOID.contains(&name));
        } else if !VOID.contains(&name) && is_recorded(name, tag) {
            recorded = 1;
        }
        out.push_str(&tag_in(name, tag, words));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn is_recorded(name: &str, tag: &str) -> bool {
    matches!(name, "bdi" | "code") || tag.contains(" dir=\"auto\"") || (name != "html" && tag.contains(" lang=\""))
}

fn text_in(text: &str, words: &HashMap<&str, &str>) -> String {
    let inner = text.trim();
    match words.get(inner) {
        Some(other) if !inner.is_empty() => text.replacen(inner, other, 1),
        _ => text.to_owned(),
    }
}

/// The page's direction, and what screen readers say.
fn tag_in(name: &str, tag: &str, words: &HashMap<&str, &str>) -> String {
    if name == "html" {
        return tag.replace("lang=\"en\"", "lang=\"ar\" dir=\"rtl\"");
    }
    let Some((before, rest)) = tag.split_once("aria-label=\"") else { return tag.to_owned() };
    let Some((label, after)) = rest.split_once('"') else { return tag.to_owned() };
    let label = words.get(label).copied().unwrap_or(label);
    format!("{before}aria-label=\"{label}\"{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_words_change_and_recorded_ones_stay() {
        let words = HashMap::from([("Sent", "أرسل"), ("Pages", "صفحات")]);
        let page = "<html lang=\"en\"><nav aria-label=\"Pages\"><td>Sent</td><td dir=\"auto\">Sent <b>Sent</b> Sent</td>\
                    <bdi>Sent</bdi><input name=\"Sent\"><p> Sent </p><p>Sent today</p>";
        let other = page_in(page, &words);
        assert_eq!(
            other,
            "<html lang=\"ar\" dir=\"rtl\"><nav aria-label=\"صفحات\"><td>أرسل</td><td dir=\"auto\">Sent <b>Sent</b> Sent</td>\
             <bdi>Sent</bdi><input name=\"Sent\"><p> أرسل </p><p>Sent today</p>"
        );
    }

    #[test]
    fn every_word_is_one_a_page_says_and_none_is_markup() {
        let sources = [
            include_str!("aggregates/mod.rs"),
            include_str!("page.rs"),
            include_str!("page_actors.rs"),
            include_str!("page_devices.rs"),
            include_str!("page_facts.rs"),
            include_str!("page_overview.rs"),
            include_str!("page_people.rs"),
            include_str!("page_publish.rs"),
            include_str!("page_record.rs"),
            include_str!("page_referrals.rs"),
            include_str!("page_requests.rs"),
            include_str!("page_rules.rs"),
            include_str!("page_statistics.rs"),
            include_str!("routes.rs"),
            include_str!("service/page.rs"),
            include_str!("words.rs"),
        ];
        assert!(ARABIC.len() > 100);
        for (english, arabic) in ARABIC.iter() {
            let plain = english.replace('’', "'");
            let said = |source: &&str| source.replace('’', "'").replace("\\\n    ", "").contains(&plain);
            assert!(sources.iter().any(said), "no page says “{english}”");
            assert!(!arabic.contains(['<', '>', '&', '"']) && !arabic.is_empty(), "{english}");
        }
    }
}
