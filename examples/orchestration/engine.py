#!/usr/bin/env python3
"""An invoice approval in BPMN that takes advice and never depends on it.

    python3 engine.py --url http://127.0.0.1:8080 --key scr_... invoice.pdf

Prints the steps to enforce and why, then ends: carrying them out is for people.
Run by SpiffWorkflow; see README.md.
"""

import argparse
import hashlib
import json
import os
import sys
from pathlib import Path

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment

import advice as service

HERE = Path(__file__).resolve().parent
PROCESS = "invoice_approval"


def policy_for(invoice):
    """The firm's own rule: it stands whatever anybody advises."""
    steps = ["match.purchase_order", "approve.budget_owner"]
    if invoice["amount"] >= 10_000:
        steps.append("approve.second_person")
    return steps


def join(policy, advice):
    """Set union: advice adds steps and takes none away."""
    added = advice["answer"]["controls_to_add"] if advice["answer"] else []
    return sorted(set(policy) | set(added))


class Approval:
    """One invoice on its way through the process."""

    def __init__(self, invoice, url, key, deadline_s):
        def ask_for_advice(asked):
            document = Path(asked["file"]).read_bytes()
            # The same invoice asked about again, after a crash say, is the same question.
            once = f"{asked['id']}-{hashlib.sha256(document).hexdigest()[:32]}"
            answer, why = service.ask(url, key, document, deadline_s, once)
            return {"answer": answer, "why": why}

        parser = BpmnParser()
        parser.add_bpmn_file(str(HERE / "invoice_approval.bpmn"))
        environment = TaskDataEnvironment(
            {"policy_for": policy_for, "ask_for_advice": ask_for_advice, "join": join, "len": len, "all": all})
        self.workflow = BpmnWorkflow(parser.get_spec(PROCESS), parser.get_subprocess_specs(PROCESS),
                                     script_engine=PythonScriptEngine(environment))
        start = self.workflow.get_next_task(state=TaskState.READY)
        start.data["invoice"] = invoice
        self.workflow.do_engine_steps()

    def open_steps(self):
        """The steps that wait for a person, as (task, name)."""
        waiting = self.workflow.get_tasks(state=TaskState.READY, manual=True)
        return [(task, task.data["step"]) for task in waiting]

    def why(self):
        """What became of the question, in one sentence."""
        return self.workflow.get_tasks(spec_name="join")[0].data["advice"]["why"]

    def required(self):
        """The steps to enforce."""
        return self.workflow.get_tasks(spec_name="join")[0].data["steps"]

    def finish_step(self, task, outcome):
        """A person says `passed` or `failed`."""
        task.data["outcome"] = outcome
        task.run()
        self.workflow.do_engine_steps()

    def ended_as(self):
        """`approved`, `returned`, or None while steps are open."""
        if not self.workflow.is_completed():
            return None
        ends = [task.task_spec.name for task in self.workflow.get_tasks(state=TaskState.COMPLETED)]
        return next(name for name in ("approved", "returned") if name in ends)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--url", default=os.environ.get("SCRUTINEER_URL", "http://127.0.0.1:8080"))
    options.add_argument("--key", default=os.environ.get("SCRUTINEER_KEY", ""))
    options.add_argument("--deadline", type=float, default=5.0, help="seconds")
    options.add_argument("--amount", type=float, default=0.0, help="as the order says")
    options.add_argument("file", type=Path)
    chosen = options.parse_args()
    if not chosen.file.is_file():
        options.error(f"{chosen.file}: no such file")
    invoice = {"id": chosen.file.stem, "file": str(chosen.file), "amount": chosen.amount}
    approval = Approval(invoice, chosen.url, chosen.key, chosen.deadline)
    json.dump({"advice": approval.why(), "required": approval.required()}, sys.stdout, indent=2)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
