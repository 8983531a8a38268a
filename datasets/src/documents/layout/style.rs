//! The choices that make up a look.

use scrutineer::cases::invoice::DocumentType;

use crate::documents::dice::Dice;
use crate::documents::draw::{Colour, Family, Spelling};
use crate::documents::facts::Facts;
use crate::documents::locale::{CurrencyPlace, DateStyle, Language, NumberStyle};

/// Where the sender's name and address stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::documents) enum Letterhead {
    Left,
    Right,
    Centre,
    /// White on a coloured band.
    Band,
    /// A coloured column at the left edge holds the sender's data.
    Sidebar,
}

/// How the receiver is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::documents) enum Addressee {
    /// For a window envelope, with the sender in small print above.
    Window,
    /// Under a label, beside the seller.
    SideBySide,
    /// Under a label.
    Labelled,
    /// At the right, as in France and Italy.
    Right,
}

/// How number, dates and references are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::documents) enum MetaStyle {
    /// Labels left of values, in a block at the right of the address.
    BlockRight,
    /// Labels left of values, across the page.
    List,
    /// Labels above values in one row.
    Row,
    /// Labels above values in a boxed grid.
    Grid,
    /// Within a sentence.
    Inline,
}

/// How lines are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::documents) enum TableStyle {
    Plain,
    HeaderRule,
    Ruled,
    Boxed,
    Zebra,
    FilledHeader,
}

/// Where the sums stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::documents) enum TotalsStyle {
    Right,
    RightBoxed,
    Left,
    /// Labels above values across the page.
    Across,
    /// The last sum on a coloured bar.
    Bar,
}

/// What stands at the foot of each page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::documents) enum FooterStyle {
    Columns,
    OneLine,
    Nothing,
}

/// What follows a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::documents) enum LabelEnd {
    Colon,
    SpacedColon,
    Nothing,
}

/// A whole look.
#[derive(Debug, Clone)]
pub(crate) struct Style {
    pub(in crate::documents) name: &'static str,
    pub(in crate::documents) letterhead: Letterhead,
    pub(in crate::documents) addressee: Addressee,
    pub(in crate::documents) meta: MetaStyle,
    pub(in crate::documents) table: TableStyle,
    pub(in crate::documents) totals: TotalsStyle,
    pub(in crate::documents) footer: FooterStyle,
    pub(in crate::documents) family: Family,
    pub(in crate::documents) size: f32,
    pub(in crate::documents) accent: Colour,
    pub(in crate::documents) margin: f32,
    pub(in crate::documents) label_end: LabelEnd,
    pub(in crate::documents) spelling: Spelling,
    pub(in crate::documents) numbers: NumberStyle,
    pub(in crate::documents) dates: DateStyle,
    pub(in crate::documents) currency: CurrencyPlace,
    pub(in crate::documents) letter_paper: bool,
}

/// The named looks: the parts that set each apart.
#[rustfmt::skip]
const LOOKS: &[(&str, Letterhead, Addressee, MetaStyle, TableStyle, TotalsStyle, FooterStyle)] = &[
    ("window_letter", Letterhead::Right, Addressee::Window, MetaStyle::BlockRight, TableStyle::HeaderRule, TotalsStyle::Right, FooterStyle::Columns),
    ("window_reference_line", Letterhead::Left, Addressee::Window, MetaStyle::Row, TableStyle::Plain, TotalsStyle::Right, FooterStyle::Columns),
    ("classic_left", Letterhead::Left, Addressee::Labelled, MetaStyle::BlockRight, TableStyle::Ruled, TotalsStyle::Right, FooterStyle::OneLine),
    ("centred_head", Letterhead::Centre, Addressee::SideBySide, MetaStyle::List, TableStyle::Boxed, TotalsStyle::RightBoxed, FooterStyle::OneLine),
    ("colour_band", Letterhead::Band, Addressee::SideBySide, MetaStyle::Row, TableStyle::FilledHeader, TotalsStyle::Bar, FooterStyle::Columns),
    ("sidebar", Letterhead::Sidebar, Addressee::Labelled, MetaStyle::BlockRight, TableStyle::Zebra, TotalsStyle::Bar, FooterStyle::Nothing),
    ("boxed_grid", Letterhead::Left, Addressee::SideBySide, MetaStyle::Grid, TableStyle::Boxed, TotalsStyle::RightBoxed, FooterStyle::OneLine),
    ("latin_right", Letterhead::Left, Addressee::Right, MetaStyle::Grid, TableStyle::Ruled, TotalsStyle::Across, FooterStyle::Columns),
    ("zebra_modern", Letterhead::Right, Addressee::Labelled, MetaStyle::Row, TableStyle::Zebra, TotalsStyle::Bar, FooterStyle::OneLine),
    ("bare_typewriter", Letterhead::Left, Addressee::Right, MetaStyle::List, TableStyle::Plain, TotalsStyle::Right, FooterStyle::Nothing),
    ("sentence_letter", Letterhead::Right, Addressee::Window, MetaStyle::Inline, TableStyle::HeaderRule, TotalsStyle::Right, FooterStyle::Columns),
    ("totals_left", Letterhead::Centre, Addressee::Labelled, MetaStyle::List, TableStyle::FilledHeader, TotalsStyle::Left, FooterStyle::Columns),
    ("sums_across", Letterhead::Band, Addressee::Right, MetaStyle::Grid, TableStyle::Ruled, TotalsStyle::Across, FooterStyle::OneLine),
    ("small_business", Letterhead::Centre, Addressee::Labelled, MetaStyle::List, TableStyle::Plain, TotalsStyle::Right, FooterStyle::Nothing),
    ("right_block_boxed", Letterhead::Left, Addressee::Window, MetaStyle::BlockRight, TableStyle::Boxed, TotalsStyle::RightBoxed, FooterStyle::Columns),
];

const ACCENTS: [Colour; 8] = [
    [0.10, 0.23, 0.42],
    [0.55, 0.10, 0.13],
    [0.05, 0.38, 0.30],
    [0.20, 0.20, 0.20],
    [0.80, 0.42, 0.05],
    [0.32, 0.18, 0.48],
    [0.02, 0.45, 0.62],
    [0.0, 0.0, 0.0],
];

impl Style {
    /// A look for `facts`.
    pub(crate) fn draw(dice: &mut Dice, facts: &Facts) -> Self {
        let at = dice.below(u32::try_from(LOOKS.len()).unwrap_or(1)) as usize;
        let (name, letterhead, addressee, meta, table, totals, footer) = LOOKS[at];
        let family = if name == "bare_typewriter" {
            Family::Courier
        } else {
            [Family::Helvetica, Family::Times, Family::Courier][dice.weighted(&[70, 25, 5])]
        };
        let size = if family == Family::Courier {
            8.5
        } else {
            [8.5, 9.0, 9.5, 10.0][dice.below(4) as usize]
        };
        let inline = meta == MetaStyle::Inline && facts.kind == DocumentType::UtilityBill;
        Self {
            name,
            letterhead,
            addressee,
            meta: if inline { MetaStyle::List } else { meta },
            table,
            totals,
            footer,
            family,
            size,
            accent: ACCENTS[dice.below(8) as usize],
            margin: [42.0, 50.0, 57.0, 65.0][dice.below(4) as usize],
            label_end: match dice.weighted(&[6, 2, 2]) {
                0 => LabelEnd::Colon,
                1 if facts.language == Language::Fr => LabelEnd::SpacedColon,
                1 => LabelEnd::Colon,
                _ => LabelEnd::Nothing,
            },
            spelling: [Spelling::Strings, Spelling::Words, Spelling::Kerned]
                [dice.weighted(&[6, 3, 2])],
            numbers: NumberStyle::draw(dice, facts.language, facts.country.code),
            dates: DateStyle::draw(dice, facts.language, facts.country.code),
            currency: CurrencyPlace::draw(dice, facts.language),
            letter_paper: matches!(facts.country.code, "US" | "CA"),
        }
    }
}
