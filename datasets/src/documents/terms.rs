//! The terms that business documents use, with several wordings in each language.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::locale::Language;

macro_rules! terms {
    ($(($variant:ident, $name:literal),)+) => {
        /// A term with wordings in every language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(super) enum Term {
            $($variant,)+
        }

        impl Term {
            /// Every term.
            #[cfg(test)]
            pub(super) const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name in the word files.
            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

terms! {
    (TitleInvoice, "title_invoice"),
    (TitleServices, "title_services"),
    (TitleCredit, "title_credit"),
    (TitleProforma, "title_proforma"),
    (TitleStatement, "title_statement"),
    (TitleReminder, "title_reminder"),
    (TitleUtility, "title_utility"),
    (TitleReceipt, "title_receipt"),
    (TitleQuote, "title_quote"),
    (TitleOrderConfirmation, "title_order_confirmation"),
    (TitleDeliveryNote, "title_delivery_note"),
    (TitleRemittance, "title_remittance"),
    (TitlePurchaseOrder, "title_purchase_order"),
    (TitleContract, "title_contract"),
    (TitleCv, "title_cv"),
    (Number, "number"),
    (CreditNumber, "credit_number"),
    (DocumentNumber, "document_number"),
    (Date, "date"),
    (DocumentDate, "document_date"),
    (Due, "due"),
    (Terms, "terms"),
    (TermsDays, "terms_days"),
    (TermsNow, "terms_now"),
    (Order, "order"),
    (SalesOrder, "sales_order"),
    (CustomerNo, "customer_no"),
    (DeliveryNote, "delivery_note"),
    (Contract, "contract"),
    (Project, "project"),
    (Preceding, "preceding"),
    (Period, "period"),
    (DeliveryDate, "delivery_date"),
    (Page, "page"),
    (Contact, "contact"),
    (Phone, "phone"),
    (Fax, "fax"),
    (Email, "email"),
    (Website, "website"),
    (Vat, "vat"),
    (BuyerVat, "buyer_vat"),
    (TaxNo, "tax_no"),
    (Bank, "bank"),
    (Iban, "iban"),
    (Account, "account"),
    (Bic, "bic"),
    (Holder, "holder"),
    (PaymentReference, "payment_reference"),
    (BillTo, "bill_to"),
    (From, "from"),
    (ShipTo, "ship_to"),
    (Pos, "pos"),
    (ItemCode, "item_code"),
    (Description, "description"),
    (Quantity, "quantity"),
    (Unit, "unit"),
    (UnitPrice, "unit_price"),
    (Hours, "hours"),
    (Rate, "rate"),
    (Person, "person"),
    (WorkDate, "work_date"),
    (Discount, "discount"),
    (TaxRate, "tax_rate"),
    (Amount, "amount"),
    (UnitHour, "unit_hour"),
    (UnitPiece, "unit_piece"),
    (UnitDay, "unit_day"),
    (UnitMonth, "unit_month"),
    (UnitKwh, "unit_kwh"),
    (Subtotal, "subtotal"),
    (Net, "net"),
    (Tax, "tax"),
    (TaxPlain, "tax_plain"),
    (Total, "total"),
    (Payable, "payable"),
    (Prepaid, "prepaid"),
    (Allowance, "allowance"),
    (Charge, "charge"),
    (Rounding, "rounding"),
    (Carry, "carry"),
    (Brought, "brought"),
    (PreviousBalance, "previous_balance"),
    (Closing, "closing"),
    (Debit, "debit"),
    (Credit, "credit"),
    (Balance, "balance"),
    (OpenAmount, "open_amount"),
    (DaysOverdue, "days_overdue"),
    (ReminderFee, "reminder_fee"),
    (Meter, "meter"),
    (ReadingOld, "reading_old"),
    (ReadingNew, "reading_new"),
    (Consumption, "consumption"),
    (Cash, "cash"),
    (Card, "card"),
    (Change, "change"),
    (TableNo, "table_no"),
    (TaxIncluded, "tax_included"),
    (Greeting, "greeting"),
    (Intro, "intro"),
    (IntroServices, "intro_services"),
    (IntroCredit, "intro_credit"),
    (IntroProforma, "intro_proforma"),
    (IntroStatement, "intro_statement"),
    (IntroReminder, "intro_reminder"),
    (Thanks, "thanks"),
    (ClosingLine, "closing_line"),
    (PaySentence, "pay_sentence"),
    (CashDiscount, "cash_discount"),
    (ReverseCharge, "reverse_charge"),
    (Exempt, "exempt"),
    (WordsPrefix, "words_prefix"),
    (InlineIntro, "inline_intro"),
    (InlineOrder, "inline_order"),
    (QuoteIntro, "quote_intro"),
    (ConfirmationIntro, "confirmation_intro"),
    (DeliveryIntro, "delivery_intro"),
    (RemittanceIntro, "remittance_intro"),
    (LetterSubject, "letter_subject"),
    (LetterBody, "letter_body"),
    (ContractBody, "contract_body"),
    (CvBody, "cv_body"),
    (BankBody, "bank_body"),
}

type Wordings = HashMap<&'static str, Vec<&'static str>>;

static WORDS: LazyLock<[Wordings; 6]> = LazyLock::new(|| {
    [
        read(include_str!("words/en.txt")),
        read(include_str!("words/de.txt")),
        read(include_str!("words/fr.txt")),
        read(include_str!("words/nl.txt")),
        read(include_str!("words/es.txt")),
        read(include_str!("words/it.txt")),
    ]
});

/// Reads `key = one | two` lines; `#` starts a comment.
pub(super) fn read(text: &'static str) -> Wordings {
    text.lines()
        .filter(|line| !line.starts_with("# "))
        .filter_map(|line| line.split_once(" = "))
        .map(|(key, values)| (key, values.split(" | ").map(str::trim).collect()))
        .collect()
}

/// Every wording of `term` in `language`, at least one.
pub(super) fn wordings(language: Language, term: Term) -> &'static [&'static str] {
    WORDS[language as usize]
        .get(term.name())
        .map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::{Term, wordings};
    use crate::documents::draw::is_encodable;
    use crate::documents::locale::Language;

    #[test]
    fn every_language_words_every_term_in_printable_characters() {
        for language in Language::ALL {
            for term in Term::ALL {
                let options = wordings(*language, *term);
                assert!(!options.is_empty(), "{language:?} lacks {}", term.name());
                for option in options {
                    assert!(is_encodable(option), "{language:?} {option}");
                    assert!(!option.is_empty());
                }
            }
        }
    }
}
