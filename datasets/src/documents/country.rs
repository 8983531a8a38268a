//! Countries documents come from, with their habits.

use super::dice::Dice;
use super::locale::Language;

/// What a document of one country looks like. In patterns `#` is a digit and `@` a letter.
#[derive(Debug)]
pub(crate) struct Country {
    /// ISO 3166-1 alpha-2.
    pub(crate) code: &'static str,
    /// ISO 4217.
    pub(crate) currency: &'static str,
    /// Standard rate first, then reduced ones, in tenths of a percent.
    pub(crate) rates: &'static [u32],
    pub(crate) languages: &'static [Language],
    pub(crate) legal_forms: &'static [&'static str],
    pub(crate) cities: &'static [&'static str],
    pub(crate) banks: &'static [&'static str],
    pub(crate) post_code: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) register: &'static str,
    pub(crate) tax_number: &'static str,
    /// Name in English, German, French, Dutch, Spanish, Italian.
    pub(crate) names: [&'static str; 6],
}

impl Country {
    /// The country with this code, Germany for an unknown one.
    pub(crate) fn by_code(code: &str) -> &'static Self {
        ALL.iter()
            .find(|country| country.code == code)
            .unwrap_or(&ALL[0])
    }

    /// A country where `language` is written, the usual ones more often.
    pub(crate) fn of_language(dice: &mut Dice, language: Language) -> &'static Self {
        let codes: &[&str] = match language {
            Language::En => &[
                "GB", "GB", "GB", "US", "US", "US", "IE", "AU", "CA", "SG", "ZA", "NL", "DE",
            ],
            Language::De => &["DE", "DE", "DE", "DE", "AT", "CH"],
            Language::Fr => &["FR", "FR", "FR", "BE", "CH", "LU", "CA"],
            Language::Nl => &["NL", "NL", "NL", "BE"],
            Language::Es => &["ES", "ES", "ES", "MX"],
            Language::It => &["IT", "IT", "IT", "IT", "CH"],
        };
        Self::by_code(dice.pick(codes))
    }

    /// A language of the country.
    pub(crate) fn language(&self, dice: &mut Dice) -> Language {
        let at = dice.below(u32::try_from(self.languages.len()).unwrap_or(1)) as usize;
        self.languages.get(at).copied().unwrap_or(Language::En)
    }

    /// `language` if it is spoken there, one that is otherwise.
    pub(crate) fn spoken(&self, dice: &mut Dice, language: Language) -> Language {
        if self.languages.contains(&language) {
            return language;
        }
        self.language(dice)
    }

    /// Its name in `language`.
    pub(crate) fn name(&self, language: Language) -> &'static str {
        self.names[language as usize]
    }
}

use Language::{De, En, Es, Fr, It, Nl};

#[rustfmt::skip]
const ALL: &[Country] = &[
    Country { code: "DE", currency: "EUR", rates: &[190, 70], languages: &[De],
        legal_forms: &["GmbH", "GmbH & Co. KG", "AG", "e.K.", "UG (haftungsbeschränkt)", "OHG", "GbR", "Partnerschaft mbB", ""],
        cities: &["Berlin", "Hamburg", "Köln", "Leipzig", "Kassel", "Bielefeld", "Ulm", "Münster", "Nürnberg", "Freiburg", "Oldenburg", "Bad Homburg", "Mülheim a. d. Ruhr"],
        banks: &["Handelsbank", "Volkskasse", "Genobank", "Sparbank"], post_code: "5####", phone: "+49 (0) 3## ######-##",
        register: "HRB ##### {city}", tax_number: "##/###/#####",
        names: ["Germany", "Deutschland", "Allemagne", "Duitsland", "Alemania", "Germania"] },
    Country { code: "AT", currency: "EUR", rates: &[200, 100, 130], languages: &[De],
        legal_forms: &["GmbH", "Ges.m.b.H.", "KG", "e.U.", "AG"], cities: &["Wien", "Graz", "Linz", "Salzburg", "Villach", "Steyr"],
        banks: &["Landesbank", "Gewerbebank"], post_code: "4###", phone: "+43 1 ### ## ##",
        register: "FN ######x {city}", tax_number: "## ###/####",
        names: ["Austria", "Österreich", "Autriche", "Oostenrijk", "Austria", "Austria"] },
    Country { code: "CH", currency: "CHF", rates: &[81, 26], languages: &[De, Fr, It],
        legal_forms: &["AG", "GmbH", "SA", "Sàrl", "& Co."], cities: &["Zürich", "Bern", "Basel", "Genève", "Lausanne", "Winterthur", "Lugano"],
        banks: &["Alpenbank", "Kreditkasse"], post_code: "8###", phone: "+41 44 ### ## ##",
        register: "CH-###.#.###.###-#", tax_number: "CHE-###.###.###",
        names: ["Switzerland", "Schweiz", "Suisse", "Zwitserland", "Suiza", "Svizzera"] },
    Country { code: "FR", currency: "EUR", rates: &[200, 100, 55], languages: &[Fr],
        legal_forms: &["SARL", "SAS", "SA", "EURL", "SASU", "SCI", "& Fils"], cities: &["Paris", "Lyon", "Nantes", "Lille", "Tours", "Grenoble", "Saint-Étienne", "Rennes"],
        banks: &["Crédit du Midi", "Banque des Rives"], post_code: "69###", phone: "0# ## ## ## ##",
        register: "RCS {city} B ### ### ###", tax_number: "### ### ### 000##",
        names: ["France", "Frankreich", "France", "Frankrijk", "Francia", "Francia"] },
    Country { code: "BE", currency: "EUR", rates: &[210, 60, 120], languages: &[Nl, Fr],
        legal_forms: &["BV", "NV", "SA", "SRL", "BVBA"], cities: &["Gent", "Leuven", "Brugge", "Namur", "Liège", "Mechelen", "Bruxelles"],
        banks: &["Scheldebank", "Banque de la Meuse"], post_code: "9###", phone: "+32 9 ### ## ##",
        register: "RPR {city}", tax_number: "0###.###.###",
        names: ["Belgium", "Belgien", "Belgique", "België", "Bélgica", "Belgio"] },
    Country { code: "LU", currency: "EUR", rates: &[170, 80, 30], languages: &[Fr, De],
        legal_forms: &["S.à r.l.", "S.A."], cities: &["Luxembourg", "Esch-sur-Alzette", "Ettelbruck"],
        banks: &["Banque du Plateau"], post_code: "L-####", phone: "+352 ## ## ##",
        register: "RCS Luxembourg B######", tax_number: "#### #### ###",
        names: ["Luxembourg", "Luxemburg", "Luxembourg", "Luxemburg", "Luxemburgo", "Lussemburgo"] },
    Country { code: "NL", currency: "EUR", rates: &[210, 90], languages: &[Nl],
        legal_forms: &["B.V.", "BV", "N.V.", "V.O.F.", "Holding B.V.", ""], cities: &["Utrecht", "Rotterdam", "Zwolle", "Breda", "Leiden", "Deventer", "'s-Hertogenbosch"],
        banks: &["Maasbank", "Coöperatieve Poldersbank"], post_code: "3### @@", phone: "030 - ### ## ##",
        register: "KvK ########", tax_number: "#########",
        names: ["Netherlands", "Niederlande", "Pays-Bas", "Nederland", "Países Bajos", "Paesi Bassi"] },
    Country { code: "ES", currency: "EUR", rates: &[210, 100, 40], languages: &[Es],
        legal_forms: &["S.L.", "S.A.", "S.L.U.", "SL", "e Hijos, S.L.", "S. Coop."], cities: &["Madrid", "Sevilla", "Bilbao", "Valencia", "Zaragoza", "Gijón", "Murcia"],
        banks: &["Banco del Ebro", "Caja Litoral"], post_code: "28###", phone: "9## ### ###",
        register: "R.M. {city}, T. #### , F. ##, H. M-######", tax_number: "########@",
        names: ["Spain", "Spanien", "Espagne", "Spanje", "España", "Spagna"] },
    Country { code: "IT", currency: "EUR", rates: &[220, 100, 40], languages: &[It],
        legal_forms: &["S.r.l.", "S.p.A.", "s.n.c.", "S.a.s.", "Srl", "& Figli S.r.l."], cities: &["Milano", "Torino", "Bologna", "Verona", "Bari", "Padova", "Genova"],
        banks: &["Banca del Lario", "Credito Adriatico"], post_code: "20###", phone: "+39 02 ########",
        register: "REA MI-#######", tax_number: "###########",
        names: ["Italy", "Italien", "Italie", "Italië", "Italia", "Italia"] },
    Country { code: "GB", currency: "GBP", rates: &[200, 50], languages: &[En],
        legal_forms: &["Ltd", "Limited", "LLP", "plc", "Ltd.", "& Sons Ltd", "Partners LLP"], cities: &["Leeds", "Bristol", "London", "Norwich", "Glasgow", "Cardiff", "Milton Keynes", "York"],
        banks: &["Northern Counties Bank", "Harbour Bank"], post_code: "LS## #@@", phone: "01## ### ####",
        register: "Registered in England no. ########", tax_number: "##########",
        names: ["United Kingdom", "Großbritannien", "Royaume-Uni", "Verenigd Koninkrijk", "Reino Unido", "Regno Unito"] },
    Country { code: "IE", currency: "EUR", rates: &[230, 135, 90], languages: &[En],
        legal_forms: &["Ltd", "DAC", "Limited", "& Co. Ltd"], cities: &["Dublin 4", "Cork", "Galway", "Limerick"],
        banks: &["Liffey Bank"], post_code: "D0# @#@#", phone: "+353 1 ### ####",
        register: "Company no. ######", tax_number: "#######@@",
        names: ["Ireland", "Irland", "Irlande", "Ierland", "Irlanda", "Irlanda"] },
    Country { code: "US", currency: "USD", rates: &[0, 82, 72], languages: &[En],
        legal_forms: &["Inc.", "LLC", "Corp.", "Co.", "Inc", "Group LLC"], cities: &["Austin, TX", "Portland, OR", "Denver, CO", "Columbus, OH", "Tampa, FL", "Boston, MA", "Reno, NV"],
        banks: &["First Prairie Bank", "Bay Trust"], post_code: "7####", phone: "(5##) ###-####",
        register: "EIN ##-#######", tax_number: "##-#######",
        names: ["United States", "USA", "États-Unis", "Verenigde Staten", "Estados Unidos", "Stati Uniti"] },
    Country { code: "CA", currency: "CAD", rates: &[130, 50], languages: &[En, Fr],
        legal_forms: &["Inc.", "Ltd.", "Ltée"], cities: &["Toronto, ON", "Montréal, QC", "Calgary, AB"],
        banks: &["Lakes Bank"], post_code: "H#@ #@#", phone: "(514) ###-####",
        register: "BN #########", tax_number: "######### RT0001",
        names: ["Canada", "Kanada", "Canada", "Canada", "Canadá", "Canada"] },
    Country { code: "AU", currency: "AUD", rates: &[100], languages: &[En],
        legal_forms: &["Pty Ltd", "Pty. Ltd.", "Ltd"], cities: &["Sydney NSW", "Perth WA", "Melbourne VIC", "Hobart TAS"],
        banks: &["Southern Cross Mutual"], post_code: "2###", phone: "(02) #### ####",
        register: "ACN ### ### ###", tax_number: "## ### ### ###",
        names: ["Australia", "Australien", "Australie", "Australië", "Australia", "Australia"] },
    Country { code: "SG", currency: "SGD", rates: &[90], languages: &[En],
        legal_forms: &["Pte Ltd", "Pte. Ltd.", "LLP"], cities: &["Singapore"],
        banks: &["Straits Bank"], post_code: "0#####", phone: "+65 #### ####",
        register: "UEN 20#######@", tax_number: "20#######@",
        names: ["Singapore", "Singapur", "Singapour", "Singapore", "Singapur", "Singapore"] },
    Country { code: "ZA", currency: "ZAR", rates: &[150], languages: &[En],
        legal_forms: &["(Pty) Ltd", "CC", "Ltd"], cities: &["Cape Town", "Durban", "Pretoria"],
        banks: &["Karoo Bank"], post_code: "8###", phone: "+27 21 ### ####",
        register: "Reg. 20##/######/07", tax_number: "4#########",
        names: ["South Africa", "Südafrika", "Afrique du Sud", "Zuid-Afrika", "Sudáfrica", "Sudafrica"] },
    Country { code: "MX", currency: "MXN", rates: &[160, 80], languages: &[Es],
        legal_forms: &["S.A. de C.V.", "S. de R.L. de C.V."], cities: &["Ciudad de México", "Monterrey", "Puebla", "Mérida"],
        banks: &["Banco del Altiplano"], post_code: "0####", phone: "+52 55 #### ####",
        register: "RFC @@@######@##", tax_number: "@@@######@##",
        names: ["Mexico", "Mexiko", "Mexique", "Mexico", "México", "Messico"] },
];
