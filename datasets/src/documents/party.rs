//! Made-up firms and people with addresses, tax and bank data.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::country::Country;
use super::dice::Dice;
use super::ids;
use super::locale::Language;
use super::terms;

static NAMES: LazyLock<HashMap<&'static str, Vec<&'static str>>> =
    LazyLock::new(|| terms::read(include_str!("words/names.txt")));

fn name_list(language: Language, what: &str) -> &'static [&'static str] {
    NAMES
        .get(format!("{}.{what}", language.code()).as_str())
        .map_or(&[], Vec::as_slice)
}

/// A firm or a person as a document names it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Party {
    pub(crate) name: String,
    pub(crate) street: String,
    pub(crate) post_code: String,
    pub(crate) city: String,
    pub(crate) country: &'static str,
    pub(crate) vat: Option<String>,
    pub(crate) vat_printed: String,
    pub(crate) tax_number: String,
    pub(crate) register: String,
    pub(crate) phone: String,
    pub(crate) domain: String,
    pub(crate) contact: String,
    pub(crate) bank: String,
    pub(crate) bic: String,
    pub(crate) iban: Option<String>,
    pub(crate) account: String,
}

/// A surname that nobody is known to bear.
pub(crate) fn surname(dice: &mut Dice, language: Language) -> String {
    let stem = dice.pick(name_list(language, "stem"));
    let end = dice.pick(name_list(language, "end"));
    format!("{stem}{end}")
}

/// A given name and a surname.
pub(crate) fn person(dice: &mut Dice, language: Language) -> String {
    let given = dice.pick(name_list(language, "given"));
    format!("{given} {}", surname(dice, language))
}

/// A street with a house number, as written in `language`.
pub(crate) fn street(dice: &mut Dice, language: Language) -> String {
    let word = dice.pick(name_list(language, "street"));
    let road = dice.pick(name_list(language, "road")).replace("{w}", word);
    let number = dice.between(1, 189);
    let letter = if dice.percent(12) { "a" } else { "" };
    match language {
        Language::En => format!("{number}{letter} {road}"),
        Language::Fr => format!(
            "{number}{}, {road}",
            if letter.is_empty() { "" } else { " bis" }
        ),
        Language::Es => format!("{road}, {number}"),
        _ => format!("{road} {number}{letter}"),
    }
}

impl Party {
    /// A firm in `country`, of its speakers of `language` if there are any; `trade` is a
    /// word for what it does, and may be empty.
    pub(crate) fn firm(
        dice: &mut Dice,
        country: &Country,
        language: Language,
        trade: &str,
    ) -> Self {
        let language = country.spoken(dice, language);
        let name = firm_name(dice, country, language, trade);
        let vat = ids::vat_id(dice, country.code);
        let vat_printed = vat
            .as_deref()
            .map(|plain| ids::print_vat(dice, country.code, plain))
            .unwrap_or_default();
        let city = dice.pick(country.cities);
        let iban = ids::iban(dice, country.code);
        let letters = dice.fill("@@@@");
        let bank_city = dice.pick(country.cities);
        Self {
            street: street(dice, language),
            post_code: dice.fill(country.post_code),
            city: city.to_owned(),
            country: country.code,
            vat_printed,
            vat,
            tax_number: dice.fill(country.tax_number),
            register: dice.fill(country.register).replace("{city}", city),
            phone: dice.fill(country.phone),
            domain: domain_of(&name, country.code),
            contact: person(dice, language),
            bank: format!("{} {bank_city}", dice.pick(country.banks)),
            bic: format!("{letters}{}{}", country.code, dice.fill("@#")),
            iban,
            account: dice.fill("########"),
            name,
        }
    }

    /// A private person in `country`.
    pub(crate) fn person(dice: &mut Dice, country: &Country) -> Self {
        let language = country.language(dice);
        let name = person(dice, language);
        Self {
            street: street(dice, language),
            post_code: dice.fill(country.post_code),
            city: dice.pick(country.cities).to_owned(),
            country: country.code,
            phone: dice.fill(country.phone),
            domain: domain_of(&name, country.code),
            contact: name.clone(),
            name,
            ..Self::default()
        }
    }

    /// Post code and city in the order of the country.
    pub(crate) fn city_line(&self) -> String {
        match self.country {
            "GB" | "IE" => format!("{} {}", self.city, self.post_code),
            "US" | "CA" | "AU" => format!("{}, {}", self.city, self.post_code),
            "IT" => format!(
                "{} {} ({})",
                self.post_code,
                self.city,
                province(&self.city)
            ),
            _ => format!("{} {}", self.post_code, self.city),
        }
    }

    /// The mail address of `mailbox` at the firm.
    pub(crate) fn email(&self, mailbox: &str) -> String {
        format!("{mailbox}@{}", self.domain)
    }
}

fn province(city: &str) -> String {
    city.chars().take(2).collect::<String>().to_uppercase()
}

fn firm_name(dice: &mut Dice, country: &Country, language: Language, trade: &str) -> String {
    let form = dice.pick(country.legal_forms);
    let one = surname(dice, language);
    let two = surname(dice, language);
    let brand_stem = dice.pick(NAMES.get("firm.brand").map_or(&[], Vec::as_slice));
    let brand_tail = dice.pick(NAMES.get("firm.tail").map_or(&[], Vec::as_slice));
    let brand = format!("{brand_stem}{brand_tail}");
    let core = match dice.weighted(&[4, 3, 2, 2, 1]) {
        0 if !trade.is_empty() => format!("{one} {trade}"),
        1 if !trade.is_empty() => format!("{brand} {trade}"),
        2 => format!("{one} & {two}"),
        3 => brand,
        4 => format!("{} {one}", dice.pick(name_list(language, "given"))),
        _ => format!("{one} {two}"),
    };
    format!("{core} {form}").trim().to_owned()
}

fn domain_of(name: &str, country: &str) -> String {
    let label: String = name
        .split(' ')
        .take(2)
        .collect::<Vec<_>>()
        .join("-")
        .chars()
        .filter_map(plain_letter)
        .collect();
    // Reserved by RFC 2606: no mail ever reaches a real firm.
    format!(
        "{}.{}.example",
        label.trim_matches('-'),
        country.to_lowercase()
    )
}

fn plain_letter(letter: char) -> Option<char> {
    match letter.to_lowercase().next()? {
        'ä' | 'à' | 'â' | 'á' => Some('a'),
        'ö' | 'ó' | 'ô' => Some('o'),
        'ü' | 'ú' | 'û' => Some('u'),
        'é' | 'è' | 'ë' | 'ê' => Some('e'),
        'í' | 'ï' => Some('i'),
        'ñ' => Some('n'),
        'ç' => Some('c'),
        other if other.is_ascii_alphanumeric() || other == '-' => Some(other),
        _ => None,
    }
}
