#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::read;
use crate::documents::checks::{Rule, prove_totals};
use crate::documents::parse::ParseOptions;
use crate::documents::{FieldName, Media, Source, sniff::sniff};

const CII_NAMESPACE: &str = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100";
const UBL_NAMESPACE: &str = "urn:oasis:names:specification:ubl:schema:xsd:";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn minimal_cii(number: &str, seller: &str, total: Decimal) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rsm:CrossIndustryInvoice xmlns:rsm=\"{CII_NAMESPACE}\" xmlns:ram=\"urn:ram\">\
         <rsm:ExchangedDocument><ram:ID>{}</ram:ID><ram:TypeCode>380</ram:TypeCode>\
         <ram:IssueDateTime><udt:DateTimeString xmlns:udt=\"urn:udt\" format=\"102\">20240229</udt:DateTimeString></ram:IssueDateTime>\
         </rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement>\
         <ram:SellerTradeParty><ram:Name>{}</ram:Name></ram:SellerTradeParty></ram:ApplicableHeaderTradeAgreement>\
         <ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>\
         <ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:TaxTotalAmount currencyID=\"SEK\">9</ram:TaxTotalAmount>\
         <ram:TaxTotalAmount currencyID=\"EUR\">1.00</ram:TaxTotalAmount>\
         <ram:GrandTotalAmount>{total}</ram:GrandTotalAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>\
         </ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>",
        escape(number),
        escape(seller)
    )
}

fn minimal_ubl(root: &str, body: &str) -> String {
    format!(
        "<{root} xmlns=\"{UBL_NAMESPACE}{root}-2\" xmlns:cbc=\"urn:cbc\" xmlns:cac=\"urn:cac\">{body}</{root}>"
    )
}

fn code_of(bytes: &[u8]) -> String {
    read(bytes).unwrap_err().code
}

fn value(reading: &crate::documents::Reading, name: FieldName) -> Option<&str> {
    reading.fields.get(&name).map(|field| field.value.as_str())
}

#[test]
fn a_value_without_end_is_left_out_and_named() {
    let long = "9".repeat(10_001);
    let body = format!(
        "<cbc:ID>{long}</cbc:ID>\n<cbc:IssueDate>2026-03-01</cbc:IssueDate>\
         <cac:InvoiceLine><cbc:ID>{long}</cbc:ID><cbc:InvoicedQuantity unitCode=\"{long}\">1</cbc:InvoicedQuantity>\
         <cac:Item><cbc:Name>{}</cbc:Name></cac:Item></cac:InvoiceLine>",
        &long[..10_000]
    );
    let read = read(minimal_ubl("Invoice", &body).as_bytes()).unwrap();
    assert_eq!(value(&read.reading, FieldName::Number), None);
    assert_eq!(
        value(&read.reading, FieldName::IssueDate),
        Some("2026-03-01")
    );
    let line = &read.reading.lines[0];
    assert_eq!((&line.id, &line.unit), (&None, &None));
    assert_eq!(line.description.as_ref().map(String::len), Some(10_000));
    let texts: Vec<&str> = read
        .problems
        .iter()
        .map(|found| found.text.as_str())
        .collect();
    assert!(
        texts[0].starts_with("line 1, column ")
            && texts[0].ends_with("/Invoice/cbc:ID: 10001 characters; at most 10000 are read"),
        "{texts:?}"
    );
    assert_eq!(texts.len(), 3);
    assert!(
        read.problems
            .iter()
            .all(|found| found.code == "xml_value_too_long")
    );
}

#[test]
fn a_minimal_cii_states_its_fields_with_their_paths() {
    let read = read(minimal_cii("R 1", "A & B", Decimal::new(1250, 2)).as_bytes()).unwrap();
    assert_eq!(read.syntax, Media::Cii);
    assert_eq!(value(&read.reading, FieldName::Seller), Some("A & B"));
    assert_eq!(
        value(&read.reading, FieldName::IssueDate),
        Some("2024-02-29")
    );
    assert_eq!(
        value(&read.reading, FieldName::Tax),
        Some("1.00"),
        "the one in document currency"
    );
    let number = &read.reading.fields[&FieldName::Number];
    assert_eq!(number.source, Source::Xml);
    assert_eq!(
        number.path.as_deref(),
        Some("/rsm:CrossIndustryInvoice/rsm:ExchangedDocument/ram:ID")
    );
    let tax = &read.reading.fields[&FieldName::Tax];
    assert!(
        tax.path
            .as_deref()
            .unwrap()
            .ends_with("/ram:TaxTotalAmount[2]")
    );
}

#[test]
fn a_credit_note_without_a_code_says_so_by_its_root() {
    let document = minimal_ubl(
        "CreditNote",
        "<cbc:ID>C1</cbc:ID><cac:CreditNoteLine><cbc:CreditedQuantity unitCode=\"HUR\">-2</cbc:CreditedQuantity></cac:CreditNoteLine>",
    );
    let read = read(document.as_bytes()).unwrap();
    let code = &read.reading.fields[&FieldName::TypeCode];
    assert_eq!((code.value.as_str(), code.source), ("381", Source::Derived));
    assert_eq!(read.reading.lines[0].quantity, Some(Decimal::from(-2)));
    assert_eq!(read.reading.lines[0].unit.as_deref(), Some("HUR"));
}

#[test]
fn a_vat_id_is_not_a_tax_number() {
    let scheme = |id: &str, scheme: &str| {
        format!(
            "<cac:PartyTaxScheme><cbc:CompanyID>{id}</cbc:CompanyID><cac:TaxScheme><cbc:ID>{scheme}</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>"
        )
    };
    let party = format!(
        "<cac:AccountingSupplierParty><cac:Party>{}{}</cac:Party></cac:AccountingSupplierParty>",
        scheme("123/456", "FC"),
        scheme("DE 123 456 789", "VAT")
    );
    let read = read(minimal_ubl("Invoice", &party).as_bytes()).unwrap();
    assert_eq!(
        value(&read.reading, FieldName::SellerVat),
        Some("DE123456789")
    );
    assert_eq!(
        value(&read.reading, FieldName::SellerTaxNumber),
        Some("123/456")
    );
}

#[test]
fn a_value_that_cannot_be_read_is_named_with_its_line() {
    let document = minimal_ubl(
        "Invoice",
        "<cbc:ID>1</cbc:ID>\n<cac:LegalMonetaryTotal>\n<cbc:PayableAmount>12,5O</cbc:PayableAmount></cac:LegalMonetaryTotal>",
    );
    let read = read(format!("\n\n<?xml version=\"1.0\"?>{document}").as_bytes()).unwrap();
    assert!(!read.reading.fields.contains_key(&FieldName::Payable));
    let parsed = crate::documents::parse::parse(document.as_bytes(), &ParseOptions::default());
    assert_eq!(parsed.problems.len(), 1, "the file's problem too");
    let problem = &read.problems[0];
    assert_eq!(problem.code, "xml_value_invalid");
    assert_eq!(
        problem.text,
        "line 5, column 1, /Invoice/cac:LegalMonetaryTotal/cbc:PayableAmount: \"12,5O\" is not a decimal number"
    );
}

#[test]
fn a_lot_of_several_invoices_is_told() {
    let body = "<FatturaElettronicaBody><DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD04</TipoDocumento><Numero>7</Numero></DatiGeneraliDocumento></DatiGenerali>\
        <DatiBeniServizi><DatiRiepilogo><AliquotaIVA>22.00</AliquotaIVA><ImponibileImporto>10.00</ImponibileImporto><Imposta>2.20</Imposta></DatiRiepilogo>\
        <DatiRiepilogo><AliquotaIVA>10.00</AliquotaIVA><ImponibileImporto>1.00</ImponibileImporto><Imposta>0.10</Imposta></DatiRiepilogo></DatiBeniServizi></FatturaElettronicaBody>";
    let header = "<FatturaElettronicaHeader><CedentePrestatore><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>01234567890</IdCodice></IdFiscaleIVA>\
        <Anagrafica><Nome>Ada</Nome><Cognome>Rossi</Cognome></Anagrafica></DatiAnagrafici></CedentePrestatore></FatturaElettronicaHeader>";
    let open = "<p:FatturaElettronica xmlns:p=\"http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2\">";
    let read =
        read(format!("{open}{header}{body}{body}</p:FatturaElettronica>").as_bytes()).unwrap();
    assert_eq!(read.syntax, Media::Fatturapa);
    assert_eq!(value(&read.reading, FieldName::Seller), Some("Ada Rossi"));
    assert_eq!(
        value(&read.reading, FieldName::SellerVat),
        Some("IT01234567890")
    );
    assert_eq!(value(&read.reading, FieldName::TypeCode), Some("381"));
    assert_eq!(value(&read.reading, FieldName::Tax), Some("2.30"));
    assert_eq!(read.reading.fields[&FieldName::Net].source, Source::Derived);
    assert_eq!(read.problems.len(), 1);
    assert!(
        read.problems[0].text.contains("2 invoices"),
        "{}",
        read.problems[0].text
    );
}

#[test]
fn a_charge_is_told_by_any_spelling_of_true() {
    let item = |says: &str| {
        format!(
            "<cac:AllowanceCharge><cbc:ChargeIndicator>{says}</cbc:ChargeIndicator><cbc:Amount>10</cbc:Amount></cac:AllowanceCharge>"
        )
    };
    for (says, is_charge) in [
        ("true", true),
        ("1", true),
        (" true\n", true),
        ("false", false),
        ("0", false),
    ] {
        let document = minimal_ubl("Invoice", &item(says));
        let read = read(document.as_bytes()).unwrap();
        assert_eq!(read.reading.allowances[0].is_charge, is_charge, "{says:?}");
    }
}

const GOOD: &str = "DE89370400440532013000";
const OTHER: &str = "DE02120300000000202051";

fn accounts(document: &str) -> Vec<String> {
    let read = read(document.as_bytes()).unwrap();
    let values = read.reading.accounts().map(|field| field.value.clone());
    values.collect()
}

#[test]
fn every_account_to_pay_to_is_kept_once() {
    let means = |iban: &str| {
        format!(
            "<cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>{iban}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
        )
    };
    let ubl = |body: &str| minimal_ubl("Invoice", body);
    let two = [means(GOOD), means("DE02 1203 0000 0000 2020 51")].concat();
    assert_eq!(accounts(&ubl(&two)), [GOOD, OTHER]);
    let noted = format!(
        "<cbc:Note>Note the date.</cbc:Note><cbc:Note>Now pay to IBAN:DE02 1203 0000 0000 2020 51, not to {GOOD}.</cbc:Note>{}",
        means(GOOD)
    );
    assert_eq!(accounts(&ubl(&noted)), [GOOD, OTHER]);
    let debited = format!(
        "<cbc:Note>Debited from {OTHER}</cbc:Note><cac:PaymentMeans><cac:PayeeFinancialAccount><cbc:ID>{GOOD}</cbc:ID></cac:PayeeFinancialAccount>\
         <cac:PaymentMandate><cac:PayerFinancialAccount><cbc:ID>{OTHER}</cbc:ID></cac:PayerFinancialAccount></cac:PaymentMandate></cac:PaymentMeans>"
    );
    assert_eq!(accounts(&ubl(&debited)), [GOOD]);

    // One account may be told by its IBAN and by its national number.
    let account = |iban: &str| {
        format!(
            "<ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount><ram:IBANID>{iban}</ram:IBANID>\
             <ram:ProprietaryID>4711</ram:ProprietaryID></ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>"
        )
    };
    let place = "<ram:InvoiceCurrencyCode>";
    let both = [account(GOOD), account(OTHER), place.to_owned()].concat();
    let cii = minimal_cii("1", "M", Decimal::ONE).replacen(place, &both, 1);
    assert_eq!(accounts(&cii), [GOOD, OTHER]);

    let detail =
        |iban: &str| format!("<DettaglioPagamento><IBAN>{iban}</IBAN></DettaglioPagamento>");
    let italian = format!(
        "<p:FatturaElettronica xmlns:p=\"http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2\"><FatturaElettronicaBody>\
         <DatiPagamento>{}{}</DatiPagamento></FatturaElettronicaBody></p:FatturaElettronica>",
        detail(GOOD),
        detail(OTHER)
    );
    assert_eq!(accounts(&italian), [GOOD, OTHER]);
}

/// A professional's invoice of 1000.00 and 220.00 VAT.
fn italian(general: &str, total: &str, payable: &str, vat_is_due: &str) -> String {
    format!(
        "<p:FatturaElettronica xmlns:p=\"http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2\"><FatturaElettronicaBody>\
         <DatiGenerali><DatiGeneraliDocumento><Divisa>EUR</Divisa>{general}<ImportoTotaleDocumento>{total}</ImportoTotaleDocumento></DatiGeneraliDocumento></DatiGenerali>\
         <DatiBeniServizi><DatiRiepilogo><AliquotaIVA>22.00</AliquotaIVA><ImponibileImporto>1000.00</ImponibileImporto><Imposta>220.00</Imposta>\
         <EsigibilitaIVA>{vat_is_due}</EsigibilitaIVA></DatiRiepilogo></DatiBeniServizi>\
         <DatiPagamento><DettaglioPagamento><ImportoPagamento>{payable}</ImportoPagamento></DettaglioPagamento></DatiPagamento></FatturaElettronicaBody></p:FatturaElettronica>"
    )
}

#[test]
fn what_goes_to_the_italian_state_is_no_wrong_sum() {
    let fee = "<DatiRitenuta><ImportoRitenuta>200.00</ImportoRitenuta></DatiRitenuta>";
    let duty =
        "<DatiBollo><BolloVirtuale>SI</BolloVirtuale><ImportoBollo>2.00</ImportoBollo></DatiBollo>";
    let unsaid = "<DatiBollo><BolloVirtuale>SI</BolloVirtuale></DatiBollo>";
    for (general, total, payable, vat_is_due, wrong) in [
        ("", "1220.00", "1220.00", "I", None),
        (fee, "1220.00", "1020.00", "I", None),
        (fee, "1220.00", "1220.00", "I", Some(Rule::Payable)),
        ("", "1220.00", "1000.00", "S", None),
        (fee, "1220.00", "800.00", "S", None),
        ("", "1220.00", "1000.00", "I", Some(Rule::Payable)),
        (duty, "1222.00", "1222.00", "I", None),
        (duty, "1220.00", "1222.00", "I", None),
        (unsaid, "1222.00", "1222.00", "I", None),
        // Paid by the seller, who does not charge it on.
        (duty, "1220.00", "1220.00", "I", None),
        (duty, "1224.00", "1224.00", "I", Some(Rule::Total)),
        ("", "1222.00", "1222.00", "I", Some(Rule::Total)),
    ] {
        let document = italian(general, total, payable, vat_is_due);
        let read = read(document.as_bytes()).unwrap();
        let proof = prove_totals(&read.reading);
        let failed = proof.failures().map(|step| step.rule).next();
        assert_eq!(failed, wrong, "{document}");
    }
}

#[test]
fn every_encoding_reads_the_same() {
    let document = minimal_cii("Ä1", "Müller & Söhne", Decimal::ONE);
    let wide = |little: bool, mark: bool| -> Vec<u8> {
        let text = document.replace("UTF-8", "UTF-16");
        let text = if mark {
            format!("\u{feff}{text}")
        } else {
            text
        };
        text.encode_utf16()
            .flat_map(|u| {
                if little {
                    u.to_le_bytes()
                } else {
                    u.to_be_bytes()
                }
            })
            .collect()
    };
    let latin: Vec<u8> = document
        .replace("UTF-8", "ISO-8859-1")
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let marked = format!("\u{feff}{document}").into_bytes();
    // Converted to UTF-8 by somebody who left the declaration alone.
    let stale = document.replace("UTF-8", "UTF-16").into_bytes();
    for bytes in [
        document.clone().into_bytes(),
        marked,
        latin,
        stale,
        wide(true, true),
        wide(false, true),
        wide(true, false),
        wide(false, false),
    ] {
        assert_eq!(sniff(&bytes), Media::Cii);
        let read = read(&bytes).unwrap();
        assert_eq!(
            value(&read.reading, FieldName::Seller),
            Some("Müller & Söhne")
        );
    }
}

#[test]
fn a_wrong_encoding_is_refused_with_its_place() {
    let mut bytes = minimal_cii("1", "M", Decimal::ONE).into_bytes();
    let place = bytes.windows(4).position(|w| w == b">M</").unwrap() + 1;
    bytes[place] = 0xe4;
    let problem = read(&bytes).unwrap_err();
    assert_eq!(problem.code, "xml_encoding_invalid");
    assert!(
        problem.text.starts_with("line 2, column "),
        "{}",
        problem.text
    );
    assert_eq!(
        code_of(b"<?xml version='1.0' encoding='EBCDIC-X'?><a/>"),
        "xml_encoding_unknown"
    );
    assert_eq!(code_of(b"\xff\xfe\0\0<\0\0\0"), "xml_encoding_unknown");
}

#[test]
fn bombs_are_refused_before_a_tree_is_built() {
    let laughs = "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]><lolz>&lol2;</lolz>";
    assert_eq!(code_of(laughs.as_bytes()), "xml_doctype_refused");
    let external = "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>";
    assert_eq!(code_of(external.as_bytes()), "xml_doctype_refused");
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    assert_eq!(code_of(deep.as_bytes()), "xml_too_deep");
    let wide = format!("<a>{}</a>", "<b/>".repeat(250_001));
    assert_eq!(code_of(wide.as_bytes()), "xml_too_many_nodes");
    let attribute = format!("<a b=\"{}\"/>", "x".repeat(50 * 1024 * 1024));
    assert_eq!(code_of(attribute.as_bytes()), "xml_too_large");
    let attributes: String = (0..129).map(|i| format!(" a{i}=\"\"")).collect();
    assert_eq!(
        code_of(format!("<a{attributes}/>").as_bytes()),
        "xml_too_many_attributes"
    );
    let namespaces: String = (0..65).map(|i| format!(" xmlns:a{i}=\"u{i}\"")).collect();
    assert_eq!(
        code_of(format!("<a{namespaces}/>").as_bytes()),
        "xml_too_many_attributes"
    );
    let allowed: String = (0..128).map(|i| format!(" a{i}=\">\"")).collect();
    assert_eq!(
        code_of(format!("<a{allowed}/>").as_bytes()),
        "xml_vocabulary_unknown"
    );
}

#[test]
fn what_is_not_well_formed_says_where() {
    let problem = read(b"\n<a>\n  <b></c>\n</a>").unwrap_err();
    assert_eq!(problem.code, "xml_not_well_formed");
    assert!(
        problem.text.starts_with("line 3, column "),
        "{}",
        problem.text
    );
    assert_eq!(code_of(b""), "xml_not_well_formed");
    assert_eq!(code_of(b"%PDF-1.7"), "xml_not_well_formed");
    assert_eq!(code_of(b"<a>&undefined;</a>"), "xml_not_well_formed");
    assert_eq!(code_of(b"<order/>"), "xml_vocabulary_unknown");
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = sniff(&bytes);
        let _ = read(&bytes);
    }

    #[test]
    fn no_markup_panics(parts in proptest::collection::vec("<[a-c/!?]{0,3}|[a-c:]{1,3}=|\"|'|>|/>|-->|\\]\\]>|<!\\[CDATA\\[|<!--|&#?[a-z0-9]{0,3};?|ä|\u{feff}| ", 0..60)) {
        let text = parts.concat();
        let _ = sniff(text.as_bytes());
        let _ = read(text.as_bytes());
    }

    #[test]
    fn no_damage_to_an_invoice_panics(at in 0usize..1200, byte in any::<u8>(), cut in 0usize..1200) {
        let mut bytes = minimal_cii("R-1", "Seller", Decimal::ONE).into_bytes();
        if let Some(place) = bytes.get_mut(at) { *place = byte; }
        let _ = read(&bytes);
        bytes.truncate(cut);
        let _ = sniff(&bytes);
        let _ = read(&bytes);
    }

    #[test]
    fn what_is_written_is_read_back(
        number in "[A-Za-z0-9/&<>-]{1,20}",
        seller in "[A-Za-zÀ-ž&<>.]{1,20}",
        cents in -10_000_000_000i64..10_000_000_000,
    ) {
        let total = Decimal::new(cents, 2);
        let cii = read(minimal_cii(&number, &seller, total).as_bytes()).unwrap();
        let ubl = minimal_ubl("Invoice", &format!(
            "<cbc:ID>{}</cbc:ID><cac:AccountingSupplierParty><cac:Party><cac:PartyName><cbc:Name>{}</cbc:Name></cac:PartyName></cac:Party></cac:AccountingSupplierParty>\
             <cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount currencyID=\"EUR\">{total}</cbc:TaxInclusiveAmount></cac:LegalMonetaryTotal>",
            escape(&number), escape(&seller)));
        let ubl = read(ubl.as_bytes()).unwrap();
        let written = total.to_string();
        for reading in [&cii.reading, &ubl.reading] {
            prop_assert_eq!(value(reading, FieldName::Number), Some(number.as_str()));
            prop_assert_eq!(value(reading, FieldName::Seller), Some(seller.as_str()));
            prop_assert_eq!(value(reading, FieldName::Total), Some(written.as_str()));
        }
    }
}
