import { expect, test } from "vitest";
import {
	asked,
	beside,
	fits,
	isOverdue,
	placed,
	type Queue,
	type Queued,
	readQueue,
	START_QUEUE,
	writeQueue,
} from "./queue";

const NOW = Date.parse("2026-11-27T12:00:00Z");
const report = (id: number, more: Partial<Queued> = {}): Queued => ({
	id,
	stage: "collected",
	category: "fire",
	received_at: "2026-11-27T11:00:00Z",
	due_at: "2026-11-27T13:00:00Z",
	needs_confirmation: false,
	flagged: false,
	...more,
});
const CODES = ["450305002007003", "450305002007", "450305002", "450305", "450300"];
const queue = (more: Partial<Queue> = {}): Queue => ({ ...START_QUEUE, ...more });

test("an address gives the queue back", () => {
	const all: Queue = {
		stage: "closed",
		category: "waste",
		unit: "450305",
		confirm: true,
		overdue: true,
		flagged: true,
		hours: 168,
		order: "due",
	};
	expect(readQueue(new URLSearchParams(writeQueue(all)))).toEqual(all);
	expect(writeQueue(START_QUEUE)).toEqual([]);
	expect(readQueue(new URLSearchParams("stage=gone&hours=-3&order=x"))).toEqual(START_QUEUE);
});

test("the server is asked in its own words", () => {
	expect(asked(START_QUEUE, NOW)).toMatchObject({ stage: "open", since: null, overdue: null });
	const narrow = asked(queue({ stage: "all", hours: 24, confirm: true }), NOW);
	expect(narrow).toMatchObject({
		stage: null,
		since: "2026-11-26T12:00:00.000Z",
		needs_confirmation: "true",
	});
});

test.each<[string, Partial<Queue>, Partial<Queued>, boolean]>([
	["an open one in the open queue", {}, {}, true],
	["a closed one in the open queue", {}, { stage: "closed" }, false],
	["a closed one among all", { stage: "all" }, { stage: "closed" }, true],
	["one of another stage", { stage: "handled" }, {}, false],
	["one of another category", { category: "waste" }, {}, false],
	["one of a county above its grid", { unit: "450305" }, {}, true],
	["one of another county", { unit: "450302" }, {}, false],
	["one that is sure among those that are not", { confirm: true }, {}, false],
	["one that is not sure", { confirm: true }, { needs_confirmation: true }, true],
	["one in time among the overdue", { overdue: true }, {}, false],
	["one that is late", { overdue: true }, { due_at: "2026-11-27T11:59:59Z" }, true],
	["one that is flagged", { flagged: true }, { flagged: true }, true],
	["one from before", { hours: 1 }, { received_at: "2026-11-27T10:59:59Z" }, false],
	["one of the last hour", { hours: 1 }, {}, true],
])("%s", (_, wanted, more, expected) => {
	expect(fits(queue(wanted), report(1, more), CODES, NOW)).toBe(expected);
});

test("what was dealt with is no longer overdue", () => {
	const late = { due_at: "2026-11-27T11:00:00Z" };
	expect(isOverdue(report(1, late), NOW)).toBe(true);
	expect(isOverdue(report(1, { ...late, stage: "handled" }), NOW)).toBe(false);
	expect(isOverdue(report(1, { ...late, stage: "closed" }), NOW)).toBe(false);
});

const ids = (rows: readonly Queued[]) => rows.map(({ id }) => id).join("");
const rows = [
	report(3, { received_at: "2026-11-27T11:30:00Z", due_at: "2026-11-27T12:00:00Z" }),
	report(2, { received_at: "2026-11-27T11:20:00Z", due_at: "2026-11-27T13:00:00Z" }),
	report(1, { received_at: "2026-11-27T11:10:00Z", due_at: "2026-11-27T14:00:00Z" }),
];

test("a new report stands where it belongs, and a known one stays where it is", () => {
	expect(
		ids(placed(rows, report(7, { received_at: "2026-11-27T11:40:00Z" }), "newest", true)),
	).toBe("7321");
	const due = report(7, { due_at: "2026-11-27T12:30:00Z" });
	expect(ids(placed(rows, due, "due", false))).toBe("3721");
	const handled = report(2, { stage: "handled", received_at: "2026-11-27T23:00:00Z" });
	const next = placed(rows, handled, "newest", false);
	expect(ids(next)).toBe("321");
	expect(next[1]?.stage).toBe("handled");
});

test("what belongs behind the rows that are here is not put at their end", () => {
	const last = report(9, { due_at: "2026-11-28T00:00:00Z" });
	expect(ids(placed(rows, last, "due", true))).toBe("321");
	expect(ids(placed(rows, last, "due", false))).toBe("3219");
});

test("a step goes to the neighbour, and stays at the ends", () => {
	expect(beside(rows, null, 1)?.id).toBe(3);
	expect(beside(rows, 3, 1)?.id).toBe(2);
	expect(beside(rows, 3, -1)?.id).toBe(3);
	expect(beside(rows, 1, 1)?.id).toBe(1);
	expect(beside([], null, 1)).toBe(null);
});
