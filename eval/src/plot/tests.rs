use super::*;
use crate::coverage::Covered;
use crate::lift::{Lift, Listed};
use crate::metrics::Reliability;

fn listed() -> Vec<Listed> {
    (0..20)
        .map(|at| Listed {
            ours: f64::from(20 - at),
            baseline: f64::from(at % 2),
            worth: f64::from(u8::from(at < 5)),
        })
        .collect()
}

#[test]
fn plots_are_sound_xml_with_both_colour_schemes_and_no_raw_markup() {
    let lift_drawn = {
        let curves = Lift::of("late", "late <bills> & \"sheets\"", "past", &listed()).unwrap();
        lift("Lift of <b> & \"c\"", &curves)
    };
    let covered = Covered {
        group: "paid < 3 & more".to_owned(),
        cases: 7,
        measured: vec![(0.1, 0.2), (0.8, 0.75)],
    };
    let bin = Reliability {
        probability: 0.3,
        share: 0.4,
        count: 12,
    };
    let plots = [
        lift_drawn,
        coverage("Coverage", &[covered]),
        calibration("Calibration", &[bin]),
    ];
    for svg in plots {
        let document = roxmltree::Document::parse(&svg).unwrap();
        let style = document
            .descendants()
            .find(|node| node.has_tag_name("style"));
        assert!(
            style
                .unwrap()
                .text()
                .unwrap()
                .contains("prefers-color-scheme:dark")
        );
        // Every colour comes from a class, so that none stays behind on a dark page.
        let coloured = |node: roxmltree::Node<'_, '_>| {
            node.attribute("fill")
                .or(node.attribute("stroke"))
                .is_some()
        };
        assert!(!document.descendants().any(coloured), "{svg}");
    }
}

#[test]
fn a_lift_says_what_its_first_tenth_reaches() {
    let curves = Lift::of("late", "late bills", "past", &listed()).unwrap();
    let svg = lift("Lift", &curves);
    assert!(
        svg.contains("this forecast: 40 % within the first 10 %"),
        "{svg}"
    );
    assert!(svg.contains("past: 8 % within the first 10 %"), "{svg}");
    assert!(svg.contains("best order there could be: 40 %"), "{svg}");
}
