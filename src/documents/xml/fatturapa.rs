//! FatturaPA 1.2, the Italian e-invoice (technical rules of the Agenzia delle
//! Entrate, version 1.8). A file may hold a lot of several invoices of one
//! seller: the first is read and the others are told.

use roxmltree::Node;
use rust_decimal::Decimal;

use super::collector::{AllowancePaths, Collector, FieldPath, LinePaths, TaxPaths};
use super::path;
use crate::documents::field_name::FieldName as F;
use crate::documents::model::Instalment;

const HEADER: &[FieldPath] = &[
    (
        F::Seller,
        "CedentePrestatore/DatiAnagrafici/Anagrafica/Denominazione",
    ),
    (
        F::SellerTaxNumber,
        "CedentePrestatore/DatiAnagrafici/CodiceFiscale",
    ),
    (
        F::SellerRegistration,
        "CedentePrestatore/IscrizioneREA/NumeroREA",
    ),
    (F::SellerStreet, "CedentePrestatore/Sede/Indirizzo"),
    (F::SellerCity, "CedentePrestatore/Sede/Comune"),
    (F::SellerPostCode, "CedentePrestatore/Sede/CAP"),
    (F::SellerCountry, "CedentePrestatore/Sede/Nazione"),
    (F::SellerPhone, "CedentePrestatore/Contatti/Telefono"),
    (F::SellerEmail, "CedentePrestatore/Contatti/Email"),
    (F::SellerId, "CedentePrestatore/RiferimentoAmministrazione"),
    (
        F::TaxRepresentative,
        "RappresentanteFiscale/DatiAnagrafici/Anagrafica/Denominazione",
    ),
    (
        F::Buyer,
        "CessionarioCommittente/DatiAnagrafici/Anagrafica/Denominazione",
    ),
    (
        F::BuyerRegistration,
        "CessionarioCommittente/DatiAnagrafici/CodiceFiscale",
    ),
    (F::BuyerStreet, "CessionarioCommittente/Sede/Indirizzo"),
    (F::BuyerCity, "CessionarioCommittente/Sede/Comune"),
    (F::BuyerPostCode, "CessionarioCommittente/Sede/CAP"),
    (F::BuyerCountry, "CessionarioCommittente/Sede/Nazione"),
    (F::BuyerReference, "DatiTrasmissione/CodiceDestinatario"),
    (F::BuyerEmail, "DatiTrasmissione/PECDestinatario"),
];

/// Parties whose VAT id is a country and a code, and whose name may be a
/// person's first and last name.
const PARTIES: &[(&str, F, F)] = &[
    ("CedentePrestatore", F::Seller, F::SellerVat),
    ("CessionarioCommittente", F::Buyer, F::BuyerVat),
    (
        "RappresentanteFiscale",
        F::TaxRepresentative,
        F::TaxRepresentativeVat,
    ),
];

const BODY: &[FieldPath] = &[
    (F::Number, "DatiGenerali/DatiGeneraliDocumento/Numero"),
    (F::Currency, "DatiGenerali/DatiGeneraliDocumento/Divisa"),
    (F::IssueDate, "DatiGenerali/DatiGeneraliDocumento/Data"),
    (
        F::Total,
        "DatiGenerali/DatiGeneraliDocumento/ImportoTotaleDocumento",
    ),
    (
        F::Rounding,
        "DatiGenerali/DatiGeneraliDocumento/Arrotondamento",
    ),
    (F::Note, "DatiGenerali/DatiGeneraliDocumento/Causale"),
    (
        F::OrderNumber,
        "DatiGenerali/DatiOrdineAcquisto/IdDocumento",
    ),
    (F::ContractNumber, "DatiGenerali/DatiContratto/IdDocumento"),
    (
        F::PrecedingInvoice,
        "DatiGenerali/DatiFattureCollegate/IdDocumento",
    ),
    (
        F::ProjectReference,
        "DatiGenerali/DatiOrdineAcquisto|DatiContratto|DatiConvenzione/CodiceCUP",
    ),
    (F::DeliveryNote, "DatiGenerali/DatiDDT/NumeroDDT"),
    (
        F::DeliveryDate,
        "DatiGenerali/DatiTrasporto/DataOraConsegna",
    ),
    (
        F::ShipToStreet,
        "DatiGenerali/DatiTrasporto/IndirizzoResa/Indirizzo",
    ),
    (
        F::ShipToCity,
        "DatiGenerali/DatiTrasporto/IndirizzoResa/Comune",
    ),
    (
        F::ShipToPostCode,
        "DatiGenerali/DatiTrasporto/IndirizzoResa/CAP",
    ),
    (
        F::ShipToCountry,
        "DatiGenerali/DatiTrasporto/IndirizzoResa/Nazione",
    ),
    (F::Payee, "DatiPagamento/DettaglioPagamento/Beneficiario"),
    (
        F::DueDate,
        "DatiPagamento/DettaglioPagamento/DataScadenzaPagamento",
    ),
    (F::Iban, "DatiPagamento/DettaglioPagamento/IBAN"),
    (F::Bic, "DatiPagamento/DettaglioPagamento/BIC"),
    (
        F::PaymentReference,
        "DatiPagamento/DettaglioPagamento/CodicePagamento",
    ),
];

/// TipoDocumento to the nearest UNTDID 1001 code; the raw code is kept beside it.
const TYPE_CODES: &[(&str, &str)] = &[
    ("TD01", "380"),
    ("TD02", "386"),
    ("TD03", "386"),
    ("TD04", "381"),
    ("TD05", "383"),
    ("TD06", "380"),
    ("TD16", "389"),
    ("TD17", "389"),
    ("TD18", "389"),
    ("TD19", "389"),
    ("TD20", "389"),
    ("TD24", "380"),
    ("TD25", "380"),
    ("TD26", "380"),
    ("TD27", "389"),
];

/// ModalitaPagamento to the nearest UNTDID 4461 code, the common ones.
const PAYMENT_MEANS: &[(&str, &str)] = &[
    ("MP01", "10"),
    ("MP02", "20"),
    ("MP05", "30"),
    ("MP08", "48"),
    ("MP09", "49"),
    ("MP12", "70"),
    ("MP16", "49"),
    ("MP19", "59"),
    ("MP20", "59"),
    ("MP21", "59"),
];

const ALLOWANCE: AllowancePaths = AllowancePaths {
    element: "ScontoMaggiorazione",
    indicator: "Tipo",
    charge: &["MG"],
    amount: "Importo",
    reason: "",
};

/// Social-security contribution on a professional's fee: always a charge.
const PENSION_FUND: AllowancePaths = AllowancePaths {
    element: "DatiGenerali/DatiGeneraliDocumento/DatiCassaPrevidenziale",
    indicator: "",
    charge: &[],
    amount: "ImportoContributoCassa",
    reason: "TipoCassa",
};

const TAX: TaxPaths = TaxPaths {
    category: "Natura",
    rate: "AliquotaIVA",
    base: "ImponibileImporto",
    tax: "Imposta",
    exemption_reason: "RiferimentoNormativo",
};

const LINE: LinePaths = LinePaths {
    id: "NumeroLinea",
    description: &["Descrizione"],
    item_code: "CodiceArticolo/CodiceValore",
    buyer_item_code: "",
    quantity: "Quantita",
    unit: "UnitaMisura",
    unit_price: "PrezzoUnitario",
    price_base_quantity: "",
    net: "PrezzoTotale",
    tax_rate: "AliquotaIVA",
    tax_category: "Natura",
    period_start: "DataInizioPeriodo",
    period_end: "DataFinePeriodo",
    order_line: "",
    allowance: ALLOWANCE,
};

pub(super) fn read(root: Node<'_, '_>, into: &mut Collector<'_, '_>) {
    if let Some(header) = path::section(root, "FatturaElettronicaHeader") {
        into.table(header, HEADER);
        for (party, name, vat) in PARTIES {
            if let Some(person) = path::section(header, &format!("{party}/DatiAnagrafici")) {
                joined(
                    person,
                    (*name, "Anagrafica/Nome", "Anagrafica/Cognome", " "),
                    into,
                );
                joined(
                    person,
                    (*vat, "IdFiscaleIVA/IdPaese", "IdFiscaleIVA/IdCodice", ""),
                    into,
                );
            }
        }
    }
    let bodies = path::all(root, "FatturaElettronicaBody");
    let Some(body) = bodies.first().copied() else {
        return;
    };
    if bodies.len() > 1 {
        let what = format!(
            "the file holds {} invoices; only the first is read",
            bodies.len()
        );
        into.problem("xml_several_invoices", root, &what);
    }
    read_body(body, into);
}

fn read_body(body: Node<'_, '_>, into: &mut Collector<'_, '_>) {
    into.table(body, BODY);
    into.accounts(body, "DatiPagamento/DettaglioPagamento", &["IBAN"]);
    into.accounts_in_notes(body, "DatiGenerali/DatiGeneraliDocumento/Causale");
    coded(
        body,
        F::TypeCode,
        "DatiGenerali/DatiGeneraliDocumento/TipoDocumento",
        TYPE_CODES,
        into,
    );
    let means = "DatiPagamento/DettaglioPagamento/ModalitaPagamento";
    coded(body, F::PaymentMeans, means, PAYMENT_MEANS, into);
    for line in path::all(body, "DatiBeniServizi/DettaglioLinee") {
        into.line(line, &LINE);
    }
    for tax in path::all(body, "DatiBeniServizi/DatiRiepilogo") {
        into.tax(tax, &TAX);
    }
    sum_taxes(body, into);
    withheld(body, into);
    stamp_duty(body, into);
    if let Some(general) = path::section(body, "DatiGenerali/DatiGeneraliDocumento") {
        into.allowances(general, &ALLOWANCE);
    }
    into.charges(body, &PENSION_FUND);
    let payments = path::all(body, "DatiPagamento/DettaglioPagamento");
    if payments.len() == 1 {
        into.field(
            F::Payable,
            body,
            "DatiPagamento/DettaglioPagamento/ImportoPagamento",
        );
    }
    for payment in payments {
        let instalment = Instalment {
            due_date: into.date(payment, "DataScadenzaPagamento"),
            amount: into.decimal(payment, "ImportoPagamento"),
        };
        into.reading.instalments.push(instalment);
    }
}

/// The format states net and tax by rate only. Both sums are told as derived,
/// and only when every part was read.
fn sum_taxes(body: Node<'_, '_>, into: &mut Collector<'_, '_>) {
    let Some(summary) = path::section(body, "DatiBeniServizi") else {
        return;
    };
    let taxes = &into.reading.taxes;
    if taxes.is_empty() {
        return;
    }
    let sum = |part: fn(&crate::documents::model::TaxSubtotal) -> Option<Decimal>| {
        taxes
            .iter()
            .try_fold(Decimal::ZERO, |sum, tax| sum.checked_add(part(tax)?))
    };
    let (net, tax) = (sum(|tax| tax.base), sum(|tax| tax.tax));
    if let Some(net) = net {
        into.put_derived(F::Net, summary, net.to_string());
    }
    if let Some(tax) = tax {
        into.put_derived(F::Tax, summary, tax.to_string());
    }
}

/// What the buyer pays to the state: taxes and contributions withheld from a fee, and with split
/// payment the VAT. Told only when every part was read.
fn withheld(body: Node<'_, '_>, into: &mut Collector<'_, '_>) {
    let fees = path::all(body, "DatiGenerali/DatiGeneraliDocumento/DatiRitenuta");
    let split = path::all(body, "DatiBeniServizi/DatiRiepilogo[EsigibilitaIVA=S]");
    let Some(first) = fees.first().or_else(|| split.first()).copied() else {
        return;
    };
    let fees = fees.into_iter().map(|fee| (fee, "ImportoRitenuta"));
    let mut parts = fees.chain(split.into_iter().map(|tax| (tax, "Imposta")));
    let sum = parts.try_fold(Decimal::ZERO, |sum, (part, amount)| {
        sum.checked_add(into.decimal(part, amount)?)
    });
    if let Some(sum) = sum {
        into.put_derived(F::Withheld, first, sum.to_string());
    }
}

/// Its amount may be left out: it is the same for every invoice (DPR 642/1972, tariff, article 13).
fn stamp_duty(body: Node<'_, '_>, into: &mut Collector<'_, '_>) {
    let Some(duty) = path::section(body, "DatiGenerali/DatiGeneraliDocumento/DatiBollo") else {
        return;
    };
    into.field(F::StampDuty, duty, "ImportoBollo");
    if path::first(duty, "ImportoBollo").is_none() {
        into.put_derived(F::StampDuty, duty, "2.00".to_owned());
    }
}

/// A field made of two elements, either of which may be absent.
fn joined(section: Node<'_, '_>, parts: (F, &str, &str, &str), into: &mut Collector<'_, '_>) {
    let (name, first, second, separator) = parts;
    let nodes = [path::first(section, first), path::first(section, second)];
    let Some(node) = nodes.iter().flatten().last().copied() else {
        return;
    };
    let texts: Vec<String> = nodes
        .iter()
        .flatten()
        .map(|node| path::text(*node))
        .collect();
    let text = texts.join(separator);
    into.put(name, node, text.clone(), text);
}

/// A code of an Italian list told by its UNTDID code; one that is not in the
/// table is left out and noted.
fn coded(
    body: Node<'_, '_>,
    name: F,
    path: &str,
    table: &[(&str, &str)],
    into: &mut Collector<'_, '_>,
) {
    let Some(node) = path::first(body, path) else {
        return;
    };
    let raw = path::text(node);
    match table.iter().find(|(code, _)| *code == raw) {
        Some((_, code)) => into.put(name, node, (*code).to_owned(), raw),
        None => {
            let shown: String = raw.chars().take(40).collect();
            into.problem(
                "xml_code_unknown",
                node,
                &format!("{shown:?} has no known counterpart"),
            );
        }
    }
}
