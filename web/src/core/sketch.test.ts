import { expect, test } from "vitest";
import {
	type Border,
	closedOn,
	crossing,
	degreesPerPixel,
	isOn,
	type LonLat,
	nodesOf,
	runsBeside,
	sidesFrom,
	snapTo,
	thinned,
	tidy,
	unitAt,
} from "./sketch";

// Two squares of a hundredth of a degree, 1 in the west and 2 in the east, that share a bent border.
const A: LonLat = [110.31, 25.3];
const B: LonLat = [110.311, 25.305];
const C: LonLat = [110.31, 25.31];
const shared: Border = { path: [A, B, C], left: 1, right: 2, outer: false };
const west: Border = {
	path: [C, [110.3, 25.31], [110.3, 25.3], A],
	left: 1,
	right: null,
	outer: true,
};
const east: Border = {
	path: [A, [110.32, 25.3], [110.32, 25.31], C],
	left: 2,
	right: null,
	outer: true,
};
const all = [shared, west, east];

test("three ends make a node, two do not", () => {
	expect(nodesOf(all).size).toBe(2);
	expect(nodesOf([shared, west]).size).toBe(0);
});

test("the pointer snaps to a node before a vertex before a border", () => {
	const nodes = nodesOf(all);
	const reach = 10 * degreesPerPixel(15);
	expect(snapTo([110.31002, 25.30002], all, nodes, reach)).toMatchObject({ kind: "node", at: A });
	expect(snapTo([110.31102, 25.305], all, nodes, reach)).toMatchObject({ kind: "vertex", at: B });
	const on = snapTo([110.3105, 25.30252], all, nodes, reach);
	expect(on?.kind).toBe("border");
	expect(on?.border).toBe(shared);
	expect(on && isOn(on.at, shared)).toBe(true);
	expect(snapTo([110.305, 25.305], all, nodes, reach)).toBeNull();
});

test("a place belongs to the unit south of the first border above it", () => {
	expect(unitAt([110.305, 25.305], all)).toBe(1);
	expect(unitAt([110.315, 25.305], all)).toBe(2);
	expect(unitAt([110.3105, 25.305], all)).toBe(1);
	expect(unitAt([110.305, 25.32], all)).toBeNull();
});

test("a place is on one side of a border, whichever way that was drawn", () => {
	const turned: Border = { path: [C, B, A], left: 2, right: 1, outer: false };
	for (const border of [shared, turned]) {
		expect(sidesFrom([110.302, 25.305], border)).toEqual({ here: 1, there: 2 });
		expect(sidesFrom([110.318, 25.305], border)).toEqual({ here: 2, there: 1 });
	}
});

test("a path is led back to its border once, and not when it is there", () => {
	const path: LonLat[] = [A, [110.313, 25.304]];
	const closed = closedOn(path, shared);
	expect(closed.length).toBe(3);
	expect(isOn(closed[2] as LonLat, shared)).toBe(true);
	expect(closedOn([...path, C], shared)).toEqual([A, [110.313, 25.304], C]);
});

test("places that are held the same are one", () => {
	const near: LonLat = [110.31 + 2e-8, 25.3];
	expect(tidy([A, near, B, B, C])).toEqual([A, B, C]);
});

test("a line by hand keeps its bends and nothing else", () => {
	const line: LonLat[] = Array.from({ length: 21 }, (_, i) => [
		110.3 + i * 1e-4,
		25.3 + (i < 10 ? i : 20 - i) * 1e-4,
	]);
	expect(thinned(line, 1e-5).length).toBe(3);
	expect(thinned(line, 1e-5)[1]).toEqual(line[10]);
	expect(thinned(line, 1)).toEqual([line[0], line[20]]);
});

test("what fell away and what came are runs", () => {
	const D: LonLat = [110.313, 25.305];
	const before = [[A, B, C, [110.3, 25.31], [110.3, 25.3], A] as LonLat[]];
	const after = [[A, D, C, [110.3, 25.31], [110.3, 25.3], A] as LonLat[]];
	expect(runsBeside(before, after)).toEqual([[A, B, C]]);
	expect(runsBeside(after, before)).toEqual([[A, D, C]]);
	expect(runsBeside(before, before)).toEqual([]);
});

test("two segments cross in one place or not at all", () => {
	expect(crossing([0, 0], [2, 2], [0, 2], [2, 0])).toEqual([1, 1]);
	expect(crossing([0, 0], [1, 0], [0, 1], [1, 1])).toBe(null);
	expect(crossing([0, 0], [1, 0], [2, -1], [2, 1])).toBe(null);
});

test("a reference line takes the pointer last, and where it crosses a border before that", () => {
	const nodes = nodesOf(all);
	const reach = 10 * degreesPerPixel(15);
	// A road that runs to the east across the shared border.
	const road: LonLat[] = [
		[110.305, 25.3025],
		[110.315, 25.3025],
	];
	const near = (lon: number) => snapTo([lon, 25.30252], all, nodes, reach, [road]);
	expect(near(110.308)).toMatchObject({ kind: "reference", border: null, at: [110.308, 25.3025] });
	const crossed = near(110.31052);
	expect(crossed).toMatchObject({ kind: "crossing", border: shared, at: [110.3105, 25.3025] });
	expect(crossed && isOn(crossed.at, shared)).toBe(true);
	// Beside a vertex the crossing gives way, unless the line is followed.
	const close: LonLat[] = [
		[110.305, 25.30495],
		[110.315, 25.30495],
	];
	const beside = (follows: boolean) =>
		snapTo([110.311, 25.305], all, nodes, reach, [close], follows)?.kind;
	expect([beside(false), beside(true)]).toEqual(["vertex", "crossing"]);
});
