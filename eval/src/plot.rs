//! Plots as SVG, drawn by hand: no dependency draws so little.
//!
//! Each carries its colours for a light and a dark page, and tells its lines apart by their
//! dashes as well.

mod bars;
mod calibration;
mod coverage;
mod frame;
mod lift;

pub use bars::bars_by_field;
pub use calibration::calibration;
pub use coverage::coverage;
pub use lift::lift;

/// Colours by class, light and dark.
const STYLE: &str = "<style>\
.p-paper{fill:#fff}.p-text{fill:#1d1f23}.p-rule{stroke:#8a9099;fill:none}\
.p-line{fill:none;stroke-width:2}\
.p-0{stroke:#1f6f55}.p-1{stroke:#a4590a}.p-2{stroke:#5a5fb0}.p-3{stroke:#a8326e}.p-4{stroke:#5f676f}\
.p-dot{fill:#1f6f55}\
.p-right{fill:#2a7f62}.p-wrong{fill:#b3261e}.p-abstained{fill:#e0b050}.p-missed{fill:#9aa0a6}\
@media (prefers-color-scheme:dark){\
.p-paper{fill:#16181b}.p-text{fill:#e4e5e8}.p-rule{stroke:#767d86}\
.p-0{stroke:#5fc7a0}.p-1{stroke:#e8a255}.p-2{stroke:#a3a8f5}.p-3{stroke:#ec86b9}.p-4{stroke:#a7afb8}\
.p-dot{fill:#5fc7a0}\
.p-right{fill:#3fa17f}.p-wrong{fill:#e0645c}.p-missed{fill:#7b828a}}\
</style>";

/// The first lines of a plot, up to its title.
fn opened(title: &str, width: u32, height: u32) -> String {
    let title = escape(title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\" aria-label=\"{title}\">\n{STYLE}\n\
         <rect width=\"100%\" height=\"100%\" class=\"p-paper\"/>\n<text x=\"8\" y=\"20\" font-size=\"14\" font-weight=\"bold\" class=\"p-text\">{title}</text>\n"
    )
}

/// Text that is no markup.
#[must_use]
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
