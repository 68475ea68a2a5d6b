import { expect, test } from "vitest";
import type { Stage } from "./queue";
import { inOrder, type Step, stepName, stepOfKey, undoing } from "./steps";

const step = (to: Stage, comment: Step["comment"] = "optional"): Step => ({ to, comment });
const COLLECTED = [step("closed", "required"), step("dispatched")];
const HANDLED = [step("dispatched", "required"), step("closed")];

test.each<[Stage, Stage, string | null]>([
	["collected", "dispatched", "dispatch"],
	["collected", "closed", "void"],
	["dispatched", "handled", "handle"],
	["handled", "closed", "close"],
	["handled", "dispatched", "return"],
	["closed", "dispatched", "reopen"],
	["closed", "assessed", "assess"],
	["dispatched", "collected", null],
])("from %s to %s is %s", (from, to, name) => {
	expect(stepName(from, to)).toBe(name);
});

test("a key takes a step only where it is offered", () => {
	expect(stepOfKey("d", "collected", COLLECTED)?.to).toBe("dispatched");
	expect(stepOfKey("x", "collected", COLLECTED)).toEqual(step("closed", "required"));
	expect(stepOfKey("h", "collected", COLLECTED)).toBe(null);
	expect(stepOfKey("r", "handled", HANDLED)?.comment).toBe("required");
	expect(stepOfKey("d", "handled", HANDLED)).toBe(null);
});

test("the step on comes before the step back", () => {
	expect(inOrder("collected", COLLECTED).map(({ name }) => name)).toEqual(["dispatch", "void"]);
	expect(inOrder("handled", HANDLED).map(({ name }) => name)).toEqual(["close", "return"]);
});

test("a step is taken back where a step leads back", () => {
	expect(undoing("dispatched", HANDLED)?.to).toBe("dispatched");
	expect(undoing("collected", [step("handled")])).toBe(null);
});
