#![allow(clippy::unwrap_used)]
use proptest::prelude::*;

use super::*;
use crate::documents::{BBox, Page, Source, Word};

/// A page from rows of cells parted by tabs; every column has its own left edge.
fn page_of(lines: &[&str]) -> Page {
    let mut words = Vec::new();
    for (row, line) in lines.iter().enumerate() {
        let y0 = 40.0 + 14.0 * row as f32;
        for (column, cell) in line.split('\t').enumerate() {
            let mut x0 = 40.0 + 100.0 * column as f32;
            for text in cell.split(' ').filter(|t| !t.is_empty()) {
                let x1 = x0 + 5.0 * text.chars().count() as f32;
                words.push(Word {
                    text: text.into(),
                    bbox: BBox {
                        x0,
                        y0,
                        x1,
                        y1: y0 + 10.0,
                    },
                    size: 10.0,
                    bold: false,
                });
                x0 = x1 + 3.0;
            }
        }
    }
    Page {
        number: 1,
        width: 595.0,
        height: 842.0,
        words,
        source: Source::Page,
    }
}

fn money(value: &str) -> Decimal {
    value.parse().unwrap()
}

fn fields(values: &[(FieldName, &str)]) -> BTreeMap<FieldName, Field> {
    let field = |value: &str| Field {
        value: value.into(),
        raw: value.into(),
        confidence: 1.0,
        source: Source::Page,
        page: Some(1),
        bbox: None,
        path: None,
    };
    values.iter().map(|(name, v)| (*name, field(v))).collect()
}

fn read_pages(pages: &[Page], values: &[(FieldName, &str)]) -> Table {
    read(&Analysis::of(pages), &fields(values))
}

fn nets(table: &Table) -> Vec<String> {
    let net = |line: &Line| line.net.map(|n| n.to_string()).unwrap_or_default();
    table.lines.iter().map(net).collect()
}

#[test]
fn every_column_of_a_german_line() {
    let page = page_of(&[
        "Pos.\tBezeichnung\tMenge\tEinzelpreis\tGesamt",
        "1\tBeratung\t2,50 Std.\t100,00\t250,00",
        "\tvor Ort",
        "2\tFahrt\t3\t1.000,00\t3.000,00",
        "Summe netto\t\t\t\t3.250,00",
        "19 % MwSt.\t\t\t\t617,50",
        "Rechnungsbetrag\t\t\t\t3.867,50",
    ]);
    let table = read_pages(&[page], &[(FieldName::Net, "3250.00")]);
    assert_eq!(nets(&table), ["250.00", "3000.00"]);
    let line = &table.lines[0];
    assert_eq!(line.id.as_deref(), Some("1"));
    assert_eq!(line.description.as_deref(), Some("Beratung vor Ort"));
    assert_eq!(line.quantity, Some(money("2.50")));
    assert_eq!(line.unit.as_deref(), Some("Std."));
    assert_eq!(line.unit_price, Some(money("100.00")));
    assert_eq!(line.page, Some(1));
    let bbox = line.bbox.unwrap();
    assert!(bbox.x0 <= 40.0 && bbox.x1 > 460.0 && bbox.height() > 20.0);
    assert_eq!(table.taxes.len(), 1);
    let tax = &table.taxes[0];
    assert_eq!(
        (tax.rate, tax.base, tax.tax),
        (
            Some(money("19")),
            Some(money("3250.00")),
            Some(money("617.50"))
        )
    );
}

#[test]
fn an_english_line_with_point_and_tax_rate() {
    let page = page_of(&[
        "Description\tQty\tUnit price\tVAT %\tAmount",
        "Paper A4\t10\t1,200.50\t20%\t12,005.00",
        "Subtotal\t\t\t\t12,005.00",
    ]);
    let table = read_pages(&[page], &[]);
    assert_eq!(nets(&table), ["12005.00"]);
    assert_eq!(table.lines[0].quantity, Some(money("10")));
    assert_eq!(table.lines[0].tax_rate, Some(money("20")));
}

#[test]
fn heads_in_the_other_languages() {
    for (head, total) in [
        ("Désignation\tQté\tPrix unitaire\tMontant HT", "Total HT"),
        ("Omschrijving\tAantal\tPrijs\tBedrag", "Totaal excl. btw"),
        ("Descripción\tCantidad\tPrecio\tImporte", "Base imponible"),
        ("Descrizione\tQuantità\tPrezzo\tImporto", "Imponibile"),
    ] {
        let total = format!("{total}\t\t\t25,00");
        let table = read_pages(&[page_of(&[head, "A\t2\t12,50\t25,00", &total])], &[]);
        assert_eq!(nets(&table), ["25.00"], "{head}");
        assert_eq!(table.lines[0].unit_price, Some(money("12.50")), "{head}");
    }
}

#[test]
fn without_a_head_only_what_is_proved() {
    let product = page_of(&["Beratung\t2\t100,00\t200,00", "Summe\t\t\t200,00"]);
    let table = read_pages(&[product], &[]);
    assert_eq!(nets(&table), ["200.00"]);
    assert_eq!(table.lines[0].quantity, Some(money("2")));
    let sum = page_of(&["Beratung\t50,00 €", "Anfahrt\t12,50 €", "Zusammen\t62,50 €"]);
    assert_eq!(
        nets(&read_pages(
            std::slice::from_ref(&sum),
            &[(FieldName::Net, "62.50")]
        )),
        ["50.00", "12.50"]
    );
    assert!(
        read_pages(&[sum], &[(FieldName::Net, "60.00")])
            .lines
            .is_empty()
    );
    let unproved = page_of(&["Beratung\t2\t100,00\t210,00", "Summe\t\t\t200,00"]);
    assert!(read_pages(&[unproved], &[]).lines.is_empty());
    assert!(read_pages(&[], &[]).lines.is_empty());
}

#[test]
fn numbers_of_one_item_in_rows_apart() {
    let page = page_of(&[
        "\tArt-Nr-Kunde",
        "Pos\t\tBeschreibung\tNettopreis\tMenge\tPositions-",
        "\tArt-Nr\t\t\t\tbetrag",
        "1\tA1\tPapier\t3,3333\t3 m²",
        "\t401234\t\t\t\t10,00",
        "\t\tweiß",
        "2\tB2\tTinte\t5,50\t2 Stk",
        "\t401235\t\t\t\t11,00",
        "Positionssumme\t\t\t\t\t21,00",
    ]);
    let table = read_pages(&[page], &[(FieldName::LinesTotal, "21.00")]);
    assert_eq!(nets(&table), ["10.00", "11.00"]);
    assert_eq!(table.lines[0].quantity, Some(money("3")));
    assert_eq!(table.lines[0].description.as_deref(), Some("Papier weiß"));
    assert_eq!(table.lines[1].unit_price, Some(money("5.50")));
}

#[test]
fn rates_without_bases_need_the_whole_tax() {
    let page = page_of(&["MwSt. 19 %\t12,25", "MwSt. 7 %\t7,91", "Gesamt\t197,65"]);
    let read = |tax| read_pages(std::slice::from_ref(&page), &[(FieldName::Tax, tax)]).taxes;
    assert_eq!(read("20.16").len(), 2);
    assert_eq!(read("20.16")[0].base, None);
    assert!(read("12.25").is_empty());
}

#[test]
fn lines_go_on_over_pages_and_carried_sums_are_none() {
    let first = page_of(&[
        "Beschreibung\tMenge\tPreis\tBetrag",
        "A\t2\t10,00\t20,00",
        "Übertrag\t\t\t20,00",
    ]);
    let again = [
        "Beschreibung\tMenge\tPreis\tBetrag",
        "Übertrag\t\t\t20,00",
        "B\t1\t5,00\t5,00",
        "Summe netto\t\t\t25,00",
    ];
    for from in [0, 1] {
        let mut second = page_of(&again[from..]);
        second.number = 2;
        let table = read_pages(&[first.clone(), second], &[(FieldName::Net, "25.00")]);
        assert_eq!(
            nets(&table),
            ["20.00", "5.00"],
            "head repeated: {}",
            from == 0
        );
        assert_eq!(table.lines[1].page, Some(2));
    }
}

#[test]
fn negative_lines_and_discounts() {
    let page = page_of(&[
        "Item\tQty\tPrice\tDisc. %\tAmount",
        "Chair\t2\t50.00\t10 %\t90.00",
        "Returned\t-1\t50.00\t\t-50.00",
        "Net total\t\t\t\t40.00",
    ]);
    let table = read_pages(&[page], &[(FieldName::Net, "40.00")]);
    assert_eq!(nets(&table), ["90.00", "-50.00"]);
    assert_eq!(table.lines[0].allowance, Some(money("10.00")));
    assert_eq!(table.lines[1].quantity, Some(money("-1")));
}

#[test]
fn lines_that_contradict_the_net_are_left_out() {
    let lines = ["Beschreibung\tBetrag\tMenge", "A\t20,00", "B\t30,00"];
    let net = |value| read_pages(&[page_of(&lines)], &[(FieldName::Net, value)]);
    assert_eq!(nets(&net("50.00")), ["20.00", "30.00"]);
    assert!(net("80.00").lines.is_empty());
}

#[test]
fn wrong_products_stand_where_others_prove_the_columns() {
    let page = page_of(&[
        "Item\tQty\tPrice\tAmount",
        "A\t2\t10.00\t20.00",
        "B\t3\t10.00\t30.00",
        "C\t2\t10.00\t21.00",
    ]);
    let table = read_pages(&[page], &[(FieldName::Net, "70.00")]);
    assert_eq!(nets(&table), ["20.00", "30.00", "21.00"]);
}

#[test]
fn taxes_need_their_product() {
    let page = page_of(&[
        "VAT rate\tNet\tVAT",
        "20 %\t100.00\t20.00",
        "5 %\t40.00\t2.00",
        "10 %\t40.00\t9.00",
    ]);
    let table = read_pages(std::slice::from_ref(&page), &[(FieldName::Tax, "22.00")]);
    let taxes: Vec<_> = table.taxes.iter().map(|t| t.tax.unwrap()).collect();
    assert_eq!(taxes, [money("20.00"), money("2.00")]);
    let other = read_pages(&[page], &[(FieldName::Tax, "31.00")]);
    assert!(other.taxes.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn no_table_panics(
        rows in proptest::collection::vec(
            proptest::collection::vec("[0-9]{1,20}[.,][0-9]{2,9}|-?[0-9.,%€]{0,9}|Total|Übertrag|USt|\\PC{0,6}", 0..7), 0..14),
        shift in -9.0_f32..9.0) {
        let lines: Vec<String> = rows.iter().map(|r| r.join("\t")).collect();
        let mut all = vec!["Pos.\tArtikel\tMenge\tPreis\tBetrag"];
        all.extend(lines.iter().map(String::as_str));
        let mut page = page_of(&all);
        page.words.push(Word {
            text: "1,00".into(),
            bbox: BBox { x0: 500.0 + shift, y0: 60.0 - shift, x1: 500.0 - shift, y1: 60.0 + shift },
            size: shift,
            bold: false,
        });
        let mut next = page.clone();
        next.number = 2;
        let table = read_pages(&[page, next], &[(FieldName::Net, "1.00")]);
        prop_assert!(table.lines.iter().all(|l| l.net.is_some() || l.quantity.is_some()));
    }
}
