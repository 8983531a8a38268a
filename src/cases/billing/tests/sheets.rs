//! Sheets and their approval along the chain.

use super::*;

/// A bill of October, which goes out on the tenth of the month after.
fn october(facts: &mut Facts) -> Bill {
    let body = json!({"id": "october", "project_id": "p", "period_start": "2026-10-01",
        "period_end": "2026-10-31", "planned_on": "2026-11-10", "currency": "EUR"});
    put(facts, RecordKind::Bill, at(day("2026-10-01"), 8), 1, body);
    plan(facts, "october")
}

fn chain_on(facts: &Facts, bill: &Bill, on: &str) -> Chain {
    chain(bill, &seen(facts, at(day(on), 13)))
}

/// How far the sheets and their approval are.
fn sheets_of(chain: &Chain) -> [State; 2] {
    [Step::Timesheets, Step::Approval].map(|step| chain.link(step).unwrap().state)
}

/// A sheet of the second week of October, handed in and approved on the day after it.
fn second_week(facts: &mut Facts, project: &str, who: &str) {
    let monday = Some(day("2026-10-12"));
    sheet_for(facts, project, who, day("2026-10-11"), [monday, monday]);
}

#[test]
fn while_the_period_runs_sheets_are_to_come_and_no_bill_goes_out() {
    let mut facts = Facts::default();
    project(&mut facts, "p", "time_and_materials");
    let bill = october(&mut facts);
    second_week(&mut facts, "p", "e1");
    for on in day("2026-10-12").iter_days().take(20) {
        let found = chain(&bill, &seen(&facts, at(on, 13)));
        assert_eq!(sheets_of(&found), [State::ToCome, State::ToCome], "{on}");
        // The last week ends on the first and is due on the second. Approval takes hours, sending
        // a day.
        assert_eq!(found.earliest_on, day("2026-11-04"), "{on}");
        let fix = found.fix.unwrap();
        assert_eq!(fix.step, Step::Timesheets, "{on}");
        assert_eq!(fix.by, day("2026-11-06"), "{on}");
    }
    let over = chain_on(&facts, &bill, "2026-11-02");
    assert_eq!(sheets_of(&over), [State::Done, State::Done]);
    assert_eq!(over.earliest_on, day("2026-11-03"));
}

#[test]
fn sheets_that_are_overdue_or_wait_are_told_while_the_period_runs_too() {
    let mut facts = Facts::default();
    project(&mut facts, "p", "time_and_materials");
    let bill = october(&mut facts);
    second_week(&mut facts, "p", "e1");
    let monday = Some(day("2026-10-12"));
    sheet(&mut facts, "e2", day("2026-10-11"), [monday, None]);
    let found = chain_on(&facts, &bill, "2026-10-13");
    assert_eq!(sheets_of(&found), [State::ToCome, State::Waiting]);
    sheet(&mut facts, "e3", day("2026-10-11"), [None, None]);
    let found = chain_on(&facts, &bill, "2026-10-13");
    assert_eq!(sheets_of(&found), [State::Waiting, State::Waiting]);
    assert_eq!(found.earliest_on, day("2026-11-04"));
}

#[test]
fn before_any_sheet_is_laid_out_those_of_the_team_tell_that_they_come_and_when() {
    let mut facts = Facts::default();
    project(&mut facts, "p", "time_and_materials");
    let bill = october(&mut facts);
    // Who keeps no sheets is not told to wait for them, but the period ends first.
    let found = chain_on(&facts, &bill, "2026-10-13");
    assert_eq!(sheets_of(&found), [State::NotSeen, State::NotSeen]);
    assert_eq!((found.earliest_on, found.fix), (day("2026-11-03"), None));
    second_week(&mut facts, "q", "e2");
    let found = chain_on(&facts, &bill, "2026-10-13");
    assert_eq!(sheets_of(&found), [State::ToCome, State::ToCome]);
    assert_eq!(found.earliest_on, day("2026-11-04"));
    assert_eq!(found.fix.unwrap().step, Step::Timesheets);
}

#[test]
fn sheets_of_months_end_with_the_month_and_are_due_as_late_after_it_as_usual() {
    let mut facts = Facts::default();
    project(&mut facts, "p", "time_and_materials");
    let bill = october(&mut facts);
    let body = json!({"id": "s", "employee_id": "e1", "period_start": "2026-09-01",
        "period_end": "2026-09-30", "project_id": "p", "due_at": at(day("2026-10-05"), 10),
        "submitted_at": at(day("2026-10-02"), 9)});
    let known_at = at(day("2026-10-02"), 9);
    put(&mut facts, RecordKind::Timesheet, known_at, 1, body);
    let found = chain_on(&facts, &bill, "2026-10-13");
    assert_eq!(sheets_of(&found), [State::ToCome, State::NotSeen]);
    // Due on the fifth, and sent a day later.
    assert_eq!(found.earliest_on, day("2026-11-06"));
}

#[test]
fn what_does_not_bill_hours_goes_out_before_its_period_ends() {
    let mut retainer = Facts::default();
    project(&mut retainer, "p", "retainer");
    let bill = october(&mut retainer);
    second_week(&mut retainer, "p", "e1");
    let found = chain_on(&retainer, &bill, "2026-10-13");
    assert_eq!(sheets_of(&found), [State::NotNeeded, State::NotNeeded]);
    assert_eq!(found.earliest_on, day("2026-10-14"));
    // Of a contract that is not known, sheets tell.
    let mut unknown = Facts::default();
    let bill = october(&mut unknown);
    let found = chain_on(&unknown, &bill, "2026-10-13");
    assert_eq!(found.earliest_on, day("2026-10-14"));
    second_week(&mut unknown, "p", "e1");
    let found = chain_on(&unknown, &bill, "2026-10-13");
    assert_eq!(sheets_of(&found), [State::ToCome, State::ToCome]);
    assert_eq!(found.earliest_on, day("2026-11-04"));
}

#[test]
fn sheets_that_wait_for_approval_spare_no_time_to_those_that_do_not_yet() {
    let mut facts = Facts::default();
    project(&mut facts, "p", "time_and_materials");
    let id = bill(&mut facts, "p", day("2026-03-03"), None);
    // Approval takes five days and a bit.
    let came = ["2026-01-19", "2026-01-24"].map(|on| Some(day(on)));
    sheet(&mut facts, "e1", day("2026-01-18"), came);
    let waiting = [Some(day("2026-02-16")), None];
    sheet(&mut facts, "e1", day("2026-02-15"), waiting);
    let earliest_on = |facts: &Facts| {
        let work = seen(facts, at(day("2026-02-26"), 12));
        chain(&plan(facts, &id), &work).earliest_on
    };
    // It has waited for longer than usual, and a day later the bill can go out.
    assert_eq!(earliest_on(&facts), day("2026-02-27"));
    // Another one that came yesterday needs its time yet: on the third of March it is approved.
    let mut another = facts.clone();
    let yesterday = [Some(day("2026-02-25")), None];
    sheet(&mut another, "e2", day("2026-02-22"), yesterday);
    assert_eq!(earliest_on(&another), day("2026-03-04"));
    // So does one that is due on the fourth, from then on.
    sheet(&mut facts, "e2", day("2026-03-03"), [None, None]);
    assert_eq!(earliest_on(&facts), day("2026-03-11"));
}

#[test]
fn nobody_waits_for_approvals_where_none_was_ever_recorded() {
    let mut facts = Facts::default();
    project(&mut facts, "p", "time_and_materials");
    let id = bill(&mut facts, "p", day("2026-03-09"), None);
    let sunday = day("2026-02-22");
    sheet(
        &mut facts,
        "e1",
        sunday,
        [Some(sunday + Days::new(1)), None],
    );
    let approval = |facts: &Facts| {
        let work = seen(facts, at(day("2026-02-26"), 0));
        let found = chain(&plan(facts, &id), &work);
        let link = found.link(Step::Approval).unwrap();
        (link.state, link.outstanding)
    };
    assert_eq!(approval(&facts), (State::NotSeen, 0));
    let approved = Some(sunday + Days::new(2));
    sheet(
        &mut facts,
        "e2",
        sunday,
        [Some(sunday + Days::new(1)), approved],
    );
    assert_eq!(approval(&facts), (State::Waiting, 1));
}

#[test]
fn approvals_of_the_people_around_tell_that_a_new_project_waits_for_them() {
    let mut facts = Facts::default();
    project(&mut facts, "p", "time_and_materials");
    let id = bill(&mut facts, "p", day("2026-03-09"), None);
    let monday = Some(day("2026-03-02"));
    sheet(&mut facts, "e1", day("2026-03-01"), [monday, None]);
    let asked = |facts: &Facts, moment| chain(&plan(facts, &id), &seen(facts, moment));
    let friday = at(day("2026-03-06"), 12);
    let found = asked(&facts, friday);
    assert_eq!(sheets_of(&found), [State::Done, State::NotSeen]);
    let came = ["2026-02-23", "2026-02-25"].map(|on| Some(day(on)));
    // The same person's on another project, or those of somebody else in the team.
    for who in ["e1", "e2"] {
        let mut around = facts.clone();
        sheet_for(&mut around, "q", who, day("2026-02-22"), came);
        let found = asked(&around, friday);
        assert_eq!(sheets_of(&found), [State::Done, State::Waiting], "{who}");
        let link = found.link(Step::Approval).unwrap();
        assert_eq!((link.outstanding, link.usual_days), (1, Some(2.125)));
        let fix = found.fix.unwrap();
        assert_eq!(fix.step, Step::Approval);
        assert_eq!(fix.step.role(), "sheet approver");
        // Before that approval was known, nobody's was.
        let approval = |hour| sheets_of(&asked(&around, at(day("2026-02-25"), hour)))[1];
        assert_eq!(
            (approval(11), approval(13)),
            (State::NotSeen, State::ToCome)
        );
    }
    // What another team does tells nothing.
    let body = json!({"id": "s", "employee_id": "e3", "team": "b", "period_start": "2026-02-16",
        "period_end": "2026-02-22", "project_id": "q", "submitted_at": at(day("2026-02-23"), 9),
        "approved_at": at(day("2026-02-25"), 12)});
    put(
        &mut facts,
        RecordKind::Timesheet,
        at(day("2026-02-25"), 12),
        1,
        body,
    );
    assert_eq!(sheets_of(&asked(&facts, friday))[1], State::NotSeen);
}
