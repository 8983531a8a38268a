//! What people said last.

use super::{accepted, decide, open, tenant};
use crate::advice::{Case, Feedback, FeedbackReason, Recommendation, Verdict};

fn rejected(about: Option<&str>) -> Feedback {
    Feedback {
        verdict: Verdict::Rejected,
        reason: Some(FeedbackReason::FalseAlarm),
        about: about.map(str::to_owned),
        ..accepted()
    }
}

#[tokio::test]
async fn what_was_said_last_of_a_whole_answer_counts_and_not_what_was_said_of_a_reason() {
    let (_folder, store) = open().await;
    let (a, b) = (tenant("a"), tenant("b"));
    let first = decide(&store, &a, "document", "d").await;
    let second = decide(&store, &a, "document", "d").await;
    let other = decide(&store, &a, "document", "other").await;
    let aside = decide(&store, &a, "document", "aside").await;
    let say = async |answer: &Recommendation, feedback: &Feedback| {
        let id = answer.recommendation_id;
        let said = store.append_feedback(&a, id, feedback, "key").await;
        said.unwrap()
    };
    let said = async || store.said_of(&a, Case::Invoice).await.unwrap();
    let until = async || store.said_until(&a, Case::Invoice).await.unwrap();
    let nothing = until().await;
    say(&aside, &rejected(Some("totals_do_not_add_up"))).await;
    assert!(said().await.is_empty());
    assert_eq!(until().await, nothing);

    say(&other, &accepted()).await;
    say(&first, &rejected(None)).await;
    let last = say(&second, &accepted()).await;
    let before = (said().await, until().await);
    say(&second, &rejected(Some("totals_do_not_add_up"))).await;
    assert_eq!((said().await, until().await), before);
    let (told, _) = before;
    assert_eq!(told.len(), 2);
    let of_d = &told[&second.subject];
    assert_eq!(
        (&of_d.feedback, of_d.given_at),
        (&accepted(), last.given_at)
    );
    assert_eq!(of_d.answer, second);
    assert_eq!(told[&other.subject].answer, other);
    // Of whichever answer it is said.
    say(&first, &rejected(None)).await;
    let told = said().await;
    assert_eq!(told[&first.subject].answer, first);
    assert_eq!(told[&first.subject].feedback, rejected(None));
    assert!(store.said_of(&a, Case::Expense).await.unwrap().is_empty());
    assert!(store.said_of(&b, Case::Invoice).await.unwrap().is_empty());
}
