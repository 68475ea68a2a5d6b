import { expect, test } from "vitest";
import { faultOf, rolesIn } from "./session";

const refusal = (status: number, after: number | null = null) =>
	faultOf({ status, detail: "why", after });

test("a refusal to sign in is told by its kind", () => {
	expect(refusal(401)).toEqual({ kind: "wrong" });
	expect(refusal(429, 8)).toEqual({ kind: "wait", seconds: 8 });
	expect(refusal(429)).toEqual({ kind: "wait", seconds: 1 });
	expect(refusal(0)).toEqual({ kind: "offline" });
	expect(refusal(503)).toEqual({ kind: "other", detail: "why" });
});

test("a role on every layer hides the same role on one", () => {
	const roles = { planner: "规划", approver: "审核" };
	const layers = { land: "网格" };
	const held = [
		{ role: "planner", layer: "land" },
		{ role: "approver", layer: null },
		{ role: "approver", layer: "land" },
		{ role: "pilot", layer: "air" },
	];
	expect(rolesIn(held, roles, layers)).toEqual(["规划 · 网格", "审核", "pilot · air"]);
	expect(rolesIn([], roles, layers)).toEqual([]);
});
