import { expect, test } from "vitest";
import {
	barred,
	barredFrom,
	holds,
	may,
	REPORT_READERS,
	REPORTERS,
	type Rights,
	screensOf,
} from "./rights";

const lan: Rights = {
	name: "lan",
	roles: [
		{ role: "planner", layer: "land" },
		{ role: "worker", layer: null },
	],
	territory: [{ layer: "land", code: "450305" }],
};

test("a role holds on its layer, or on every one", () => {
	expect(may(lan, ["planner"], "land")).toBe(true);
	expect(may(lan, ["planner"], "police")).toBe(false);
	expect(may(lan, ["planner"])).toBe(true);
	expect(may(lan, ["approver", "worker"], "police")).toBe(true);
	expect(may(null, ["worker"])).toBe(false);
});

test("a territory holds its units and what lies below them, on their layer", () => {
	expect(holds(lan, "land", ["450305002007003", "450305002007", "450305"])).toBe(true);
	expect(holds(lan, "land", ["450302"])).toBe(false);
	expect(holds(lan, "police", ["450305"])).toBe(false);
	expect(holds({ ...lan, territory: [] }, "police", ["x"])).toBe(true);
});

test("whoever may not draw is told why", () => {
	const draft = { layer: "land", author: "lan" };
	expect(barred(lan, draft)).toBe(null);
	expect(barred(null, draft)).toEqual({ kind: "signed_out" });
	expect(barred({ ...lan, name: null }, draft)).toEqual({ kind: "signed_out" });
	expect(barred(lan, { ...draft, layer: "police" })).toEqual({ kind: "role", layer: "police" });
	expect(barred(lan, { ...draft, author: "li" })).toEqual({ kind: "author", author: "li" });
});

test("a draft is begun by whoever plans on its layer, whoever wrote what it takes back", () => {
	expect(barredFrom(lan, "land")).toBe(null);
	expect(barredFrom(lan, "police")).toEqual({ kind: "role", layer: "police" });
	expect(barredFrom({ ...lan, name: null }, "land")).toEqual({ kind: "signed_out" });
});

test("a worker sends reports, an auditor only sees them, a viewer sees none", () => {
	const as = (role: string): Rights => ({ ...lan, roles: [{ role, layer: null }] });
	expect(may(as("worker"), REPORTERS)).toBe(true);
	expect(may(as("auditor"), REPORTERS)).toBe(false);
	expect(may(as("auditor"), REPORT_READERS)).toBe(true);
	expect(may(as("viewer"), REPORT_READERS)).toBe(false);
	const screens = ["map", "reports", "report"] as const;
	expect(screensOf(as("viewer"), screens)).toEqual(["map"]);
	expect(screensOf(as("auditor"), screens)).toEqual(["map", "reports"]);
	expect(screensOf(as("worker"), screens)).toEqual([...screens]);
	expect(screensOf(null, screens)).toEqual(["map"]);
});
