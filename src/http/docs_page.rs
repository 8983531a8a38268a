//! The description of the interface as one page, made on the server from the same
//! OpenAPI document; it loads nothing and runs nothing.

use askama::Template;
use serde_json::Value;
use utoipa::openapi::OpenApi;

use crate::error::{ErrorRow, TABLE};

/// The page's style; its digest is the only style that the page's policy allows.
pub(super) const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24}\
h2{margin-top:2.5rem;border-bottom:1px solid #d0d7de}code,pre{font:14px/1.4 ui-monospace,monospace}\
pre{background:#f6f8fa;padding:.75rem;overflow:auto}table{border-collapse:collapse;width:100%}\
td,th{border:1px solid #d0d7de;padding:.3rem .6rem;text-align:left;vertical-align:top}\
.method{font-weight:700;margin-right:.5rem}summary{cursor:pointer}";

/// Writes the page.
#[must_use]
pub(super) fn render(description: &OpenApi) -> String {
    // Plain data, and a template without a fallible filter: neither can fail.
    let value = serde_json::to_value(description).unwrap_or_default();
    DocsPage::new(&value).render().unwrap_or_default()
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{{ title }} {{ version }}: interface</title><style>{{ STYLE|safe }}</style></head><body>
<h1>{{ title }} {{ version }}</h1><p>{{ text }}</p>
<p>Machines read <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1). Send a key as <code>Authorization: Bearer KEY</code>.</p>
{% for group in groups %}<h2>{{ group.name }}</h2><p>{{ group.text }}</p>
{% for operation in group.operations %}<h3 id="{{ operation.id }}"><code><span class="method">{{ operation.method }}</span>{{ operation.path }}</code></h3>
<p>{{ operation.text }}{% if operation.open %} <em>Needs no credential.</em>{% endif %}</p>
{% if !operation.parameters.is_empty() %}<table><tr><th>Parameter</th><th>In</th><th>Type</th><th>Meaning</th></tr>
{% for row in operation.parameters %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>{% endif %}
{% if !operation.bodies.is_empty() %}<p>Body: {% for body in operation.bodies %}<code>{{ body }}</code> {% endfor %}</p>{% endif %}
<details><summary>Answers</summary><table><tr><th>Status</th><th>Meaning</th><th>Form</th></tr>
{% for row in operation.answers %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table></details>
{% endfor %}{% endfor %}
<h2 id="problems">Problems</h2><table><tr><th>Code</th><th>Status</th><th>Meaning</th></tr>
{% for row in problems %}<tr><td><code>{{ row.name }}</code></td><td>{{ row.status }}</td><td>{{ row.title }}</td></tr>{% endfor %}</table>
<h2 id="shapes">Shapes</h2>
{% for shape in shapes %}<details id="{{ shape.0 }}"><summary><code>{{ shape.0 }}</code></summary><pre>{{ shape.1 }}</pre></details>
{% endfor %}</body></html>
"#
)]
struct DocsPage {
    title: String,
    version: String,
    text: String,
    groups: Vec<Group>,
    problems: &'static [ErrorRow],
    shapes: Vec<(String, String)>,
}

struct Group {
    name: String,
    text: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    path: String,
    text: String,
    open: bool,
    parameters: Vec<[String; 4]>,
    bodies: Vec<String>,
    answers: Vec<[String; 3]>,
}

impl DocsPage {
    fn new(openapi: &Value) -> Self {
        let groups = items(&openapi["tags"])
            .map(|tag| Group {
                name: text(&tag["name"]),
                text: text(&tag["description"]),
                operations: operations(openapi, &tag["name"]),
            })
            .collect();
        let shapes = members(&openapi["components"]["schemas"])
            .map(|(name, shape)| (name.clone(), format!("{shape:#}")))
            .collect();
        Self {
            title: text(&openapi["info"]["title"]),
            version: text(&openapi["info"]["version"]),
            text: text(&openapi["info"]["description"]),
            groups,
            problems: &TABLE,
            shapes,
        }
    }
}

fn operations(openapi: &Value, tag: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in members(&openapi["paths"]) {
        for (method, operation) in members(item) {
            if items(&operation["tags"]).any(|name| name == tag) {
                found.push(describe(path, method, operation));
            }
        }
    }
    found
}

fn describe(path: &str, method: &str, operation: &Value) -> Operation {
    let sentences = [&operation["summary"], &operation["description"]];
    Operation {
        id: text(&operation["operationId"]),
        method: method.to_uppercase(),
        path: path.to_owned(),
        text: sentences.map(text).join(" ").trim().to_owned(),
        open: items(&operation["security"])
            .any(|needed| needed.as_object().is_some_and(serde_json::Map::is_empty)),
        parameters: items(&operation["parameters"])
            .map(|parameter| {
                [
                    text(&parameter["name"]),
                    text(&parameter["in"]),
                    kind(&parameter["schema"]),
                    text(&parameter["description"]),
                ]
            })
            .collect(),
        bodies: members(&operation["requestBody"]["content"])
            .map(|(media, content)| format!("{media} {}", kind(&content["schema"])))
            .collect(),
        answers: members(&operation["responses"])
            .map(|(status, answer)| {
                let forms: Vec<String> = members(&answer["content"])
                    .map(|(media, content)| format!("{media} {}", kind(&content["schema"])))
                    .collect();
                [
                    status.clone(),
                    text(&answer["description"]),
                    forms.join(", "),
                ]
            })
            .collect(),
    }
}

/// Name of a schema: what it refers to, or its type.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        return reference.rsplit('/').next().unwrap_or(reference).to_owned();
    }
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(text).collect::<Vec<_>>().join(" or "),
        one => text(one),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
