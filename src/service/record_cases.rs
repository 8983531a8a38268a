//! The cases that judge records: asked as of a moment, kept like every answer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use chrono::{Datelike as _, TimeDelta, Utc};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::history::Wanted;
use super::{Service, ServiceError, on_own_thread};
use crate::advice::{Case, Judged, ModelRef, Recommendation};
use crate::cases::billing::BillingCase;
use crate::cases::collections::{self, CollectionsCase};
use crate::cases::detectors::Thresholds;
use crate::cases::duplicate::DuplicateCase;
use crate::cases::expense::{ExpenseCase, ReviewPlan};
use crate::cases::project_setup::SetupCase;
use crate::cases::record_case::{JudgeError, RecordCase, RecordItem};
use crate::cases::timesheet::{Reminders, TimesheetCase};
use crate::config::Timesheet;
use crate::domain::TenantId;
use crate::history::History;
use crate::learn::forecast::ForecastError;
use crate::registry::Registry;
use crate::store::StoreError;

/// No record is of a year before.
const EARLIEST: i32 = 1900;
/// Clocks of callers may be ahead by this.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// Tries at an answer between erasures.
const TRIES: usize = 2;

/// Every case that judges records.
#[derive(Debug, Clone)]
pub struct RecordCases {
    /// When will each open invoice be paid?
    pub collections: Arc<CollectionsCase>,
    /// Will a team's sheets be late?
    pub timesheet: Arc<TimesheetCase>,
    /// Will a set-up miss its day?
    pub project_setup: Arc<SetupCase>,
    /// Will the next bill slip?
    pub billing: Arc<BillingCase>,
    /// Which sheets are whoever must hand them in to be reminded of? None unless the firm asks
    /// for it.
    pub reminders: Option<Arc<Reminders>>,
    /// Is a claim unusual?
    pub expense: Arc<ExpenseCase>,
    /// What the firm sets for detectors.
    pub thresholds: Arc<Thresholds>,
    /// Where their models are from.
    registry: Arc<Registry>,
    settings: Arc<CaseSettings>,
}

/// What the firm sets for the cases.
#[derive(Debug, Clone)]
pub struct CaseSettings {
    /// For collections.
    pub collections: collections::Setting,
    /// For timesheets.
    pub timesheet: Timesheet,
    /// For expenses.
    pub expense: ReviewPlan,
    /// For detectors.
    pub detectors: Thresholds,
}

impl RecordCases {
    /// Loads the versions of the models that answer.
    ///
    /// # Errors
    /// [`ForecastError`] that names the file.
    pub fn load(registry: &Registry, settings: CaseSettings) -> Result<Self, ForecastError> {
        let kept = Arc::new(settings.clone());
        let thresholds = Arc::new(settings.detectors);
        let reminders = settings
            .timesheet
            .remind_submitters
            .then(|| Reminders::load(registry));
        Ok(Self {
            expense: Arc::new(ExpenseCase::new(settings.expense, Arc::clone(&thresholds))),
            thresholds,
            reminders: reminders.transpose()?.map(Arc::new),
            collections: Arc::new(CollectionsCase::load(registry, settings.collections)?),
            timesheet: Arc::new(TimesheetCase::load(registry, ())?),
            project_setup: Arc::new(SetupCase::load(registry)?),
            billing: Arc::new(BillingCase::load(registry, ())?),
            registry: Arc::new(registry.clone()),
            settings: kept,
        })
    }

    /// What answers hang on besides records and documents: the models, and what the firm sets.
    /// Another number where any of that is another.
    pub(super) fn fingerprint(&self) -> i64 {
        let models = self.registry.all().filter(|(_, answers)| *answers);
        let models: Vec<&str> = models.map(|(model, _)| model.sha256.as_str()).collect();
        let settings = &self.settings;
        let text = format!(
            "{models:?} {:?} {:?} {:?} {:?}",
            settings.collections.policy, settings.timesheet, settings.expense, settings.detectors
        );
        let digest = Sha256::digest(text);
        let first = digest.first_chunk().copied().unwrap_or_default();
        i64::from_le_bytes(first)
    }

    /// A case as it answered by another version of its model, where that is still there.
    fn of_model(&self, case: Case, model: &ModelRef) -> Option<Box<dyn RecordCase>> {
        let version = model.version.parse().ok()?;
        let registry = self.registry.answering(&model.name, version).ok()?;
        let same = registry.model(&model.name).ok()?.sha256 == model.sha256;
        let registry = same.then_some(registry)?;
        let settings = &self.settings;
        Some(match case {
            Case::Collections => {
                Box::new(CollectionsCase::load(&registry, settings.collections.clone()).ok()?)
            }
            Case::Timesheet => Box::new(TimesheetCase::load(&registry, ()).ok()?),
            Case::ProjectSetup => Box::new(SetupCase::load(&registry).ok()?),
            Case::Billing => Box::new(BillingCase::load(&registry, ()).ok()?),
            _ => return None,
        })
    }

    /// Which they are.
    #[must_use]
    pub const fn cases(&self) -> &'static [Case] {
        &[
            Case::Collections,
            Case::Timesheet,
            Case::ProjectSetup,
            Case::Billing,
            Case::Expense,
            Case::Duplicate,
        ]
    }

    fn get(&self, case: Case) -> Option<&dyn RecordCase> {
        match case {
            Case::Collections => Some(&*self.collections),
            Case::Timesheet => Some(&*self.timesheet),
            Case::ProjectSetup => Some(&*self.project_setup),
            Case::Billing => Some(&*self.billing),
            Case::Expense => Some(&*self.expense),
            Case::Duplicate => Some(&DuplicateCase),
            _ => None,
        }
    }
}

impl Service {
    /// Reads the records of the firms that are held in memory, and works out what all of them say
    /// together, so that the first to ask need not wait for it.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn warm_up(&self) -> Result<(), ServiceError> {
        for tenant in self.store().tenants_held().await? {
            let history = self.history(&tenant, Utc::now(), &Wanted::Records).await?;
            let records = self.records.clone();
            let preparing = move || {
                for case in records.cases().iter().filter_map(|case| records.get(*case)) {
                    case.prepare(&history);
                }
            };
            on_own_thread(preparing).await?;
        }
        Ok(())
    }

    /// Judges one record and chains the answer before giving it, as JSON. What is computed takes less
    /// than a millisecond; notes that were not read before are read on a thread of their own. Where
    /// something is erased meanwhile, it is judged anew without that.
    ///
    /// # Errors
    /// [`ServiceError::Judge`] where there is nothing to ask, [`ServiceError::UnknownCase`], or
    /// what kept the answer from being stored: [`StoreError::Busy`] also where erasures go on.
    pub async fn score_record(
        &self,
        case: Case,
        tenant: &TenantId,
        item: &RecordItem,
    ) -> Result<String, ServiceError> {
        let judge = self.records.get(case).ok_or(ServiceError::UnknownCase)?;
        let now = Utc::now();
        let as_of = item.as_of.unwrap_or(now);
        let not_asked = |why| Err(JudgeError::not_asked("as_of", false, why).into());
        if as_of > now + AHEAD {
            return not_asked("lies in the future");
        }
        if as_of.year() < EARLIEST {
            return not_asked("lies before 1900");
        }
        let wanted = Wanted::of(case, item);
        for _ in 0..TRIES {
            let (history, read) = self.history_read(tenant, as_of, &wanted).await?;
            let judged = if judge.takes_long(item, &history) {
                let (records, item) = (self.records.clone(), item.clone());
                let judging = move || {
                    let judge = records.get(case).ok_or(ServiceError::UnknownCase)?;
                    judged(judge, &item, &history)
                };
                on_own_thread(judging).await??
            } else {
                judged(judge, item, &history)?
            };
            let kept = self.store().append_judged(tenant, &judged, read).await?;
            if let Some(answer) = kept {
                return Ok(answer);
            }
        }
        Err(StoreError::Busy.into())
    }

    /// Computes an answer again from what was kept of it, by the version of the model that gave it
    /// where that is still there, else by the one that answers now.
    ///
    /// # Errors
    /// [`ServiceError`] if what was kept is of another version or of a case that is not answered here.
    pub fn replay(
        &self,
        case: Case,
        input: &Value,
        features: &Value,
        (recommendation_id, model): (Uuid, Option<&ModelRef>),
    ) -> Result<Recommendation, ServiceError> {
        if case == Case::Invoice {
            return Ok(self.invoice().replay(input, features, recommendation_id)?);
        }
        let judge = self.records.get(case).ok_or(ServiceError::UnknownCase)?;
        let replayed = judge.replay(input, features, recommendation_id);
        let answered = |given: &Recommendation| given.model.as_ref() == model;
        let earlier = match &replayed {
            Ok(given) if answered(given) => None,
            _ => model.and_then(|model| self.records.of_model(case, model)),
        };
        match earlier {
            Some(earlier) => Ok(earlier.replay(input, features, recommendation_id)?),
            None => Ok(replayed?),
        }
    }

    /// The cases that judge records.
    #[must_use]
    pub const fn records(&self) -> &RecordCases {
        &self.records
    }
}

/// Judges; a defect that one record brings to light is that record's and ends no batch.
fn judged(
    judge: &dyn RecordCase,
    item: &RecordItem,
    history: &dyn History,
) -> Result<Judged, ServiceError> {
    let judging = AssertUnwindSafe(|| judge.judge(item, history));
    let judged = catch_unwind(judging).map_err(|_| {
        ServiceError::Internal("the record could not be judged: a defect".to_owned())
    })?;
    Ok(judged?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::path::Path;
    use std::sync::Arc;

    use chrono::Utc;

    use super::*;
    use crate::cases::collections::notes::{NoteError, ReadsNotes, Topics};
    use crate::history::{Facts, FactsAsOf};

    /// Reads nothing.
    #[derive(Debug)]
    struct NoNotes;

    impl ReadsNotes for NoNotes {
        fn topics(&self, _: &str) -> Result<Topics, NoteError> {
            Ok(Topics::default())
        }

        fn knows(&self, _: &str) -> bool {
            true
        }
    }

    fn copied(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }

    #[test]
    fn an_answer_can_be_had_again_of_the_version_that_gave_it_once_another_answers() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
        let models = tempfile::tempdir().unwrap();
        for name in ["collections", "timesheet", "project_setup", "billing"] {
            let folder = models.path().join(name).join("1");
            copied(&shipped.join(name).join("1"), &folder);
        }
        let load = || {
            let registry = Registry::open(models.path()).unwrap();
            let settings = CaseSettings {
                collections: collections::Setting {
                    policy: crate::config::Collections::default().policy(),
                    notes: Arc::new(NoNotes),
                },
                timesheet: Timesheet::default(),
                expense: ReviewPlan::default(),
                detectors: Thresholds::default(),
            };
            let model = registry.model("collections").unwrap().reference();
            (RecordCases::load(&registry, settings).unwrap(), model)
        };
        let (before, first) = load();
        let folder = models.path().join("collections");
        copied(&folder.join("1"), &folder.join("2"));
        let manifest = folder.join("2/manifest.toml");
        let text = std::fs::read_to_string(&manifest).unwrap();
        std::fs::write(&manifest, text.replace("version = 1\n", "version = 2\n")).unwrap();
        let (after, second) = load();
        assert_eq!((&*first.version, &*second.version), ("1", "2"));
        assert_ne!(before.fingerprint(), after.fingerprint());
        assert_eq!(after.fingerprint(), load().0.fingerprint());
        assert!(after.of_model(Case::Collections, &first).is_some());
        assert!(before.of_model(Case::Collections, &second).is_none());
        let other = ModelRef {
            sha256: second.sha256,
            ..first
        };
        assert!(after.of_model(Case::Collections, &other).is_none());
    }

    #[derive(Debug)]
    struct Defective;

    impl RecordCase for Defective {
        fn judge(&self, item: &RecordItem, _: &dyn History) -> Result<Judged, JudgeError> {
            panic!("{} is too much", item.id)
        }

        fn replay(&self, _: &Value, _: &Value, _: Uuid) -> Result<Recommendation, JudgeError> {
            Err(JudgeError::not_asked("id", true, "is never replayed"))
        }
    }

    #[test]
    fn a_defect_is_the_records_and_not_the_batchs() {
        let item = RecordItem {
            id: "r".to_owned(),
            as_of: None,
            period_end: None,
        };
        let history = FactsAsOf::new(Arc::new(Facts::default()), Utc::now());
        let told = judged(&Defective, &item, &history);
        assert!(matches!(told, Err(ServiceError::Internal(_))), "{told:?}");
    }
}
