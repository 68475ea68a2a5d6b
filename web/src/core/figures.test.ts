import { expect, test } from "vitest";
import {
	type Counted,
	classEnds,
	classesOf,
	classOf,
	type Figures,
	hoursText,
	levelAt,
	ranked,
	readFigures,
	START_FIGURES,
	writeFigures,
} from "./figures";

const row = (code: string, reported: number, more: Partial<Counted> = {}): Counted => ({
	code,
	reported,
	open: 0,
	on_time: 0,
	overdue: 0,
	returned: 0,
	closed: 0,
	median_hours: null,
	...more,
});

test("an address gives the figures back", () => {
	const all: Figures = { level: "grid", measure: "overdue", borders: "filed", period: 720 };
	expect(readFigures(new URLSearchParams(writeFigures(all)))).toEqual(all);
	expect(writeFigures(START_FIGURES)).toEqual([]);
	expect(readFigures(new URLSearchParams("level=moon&period=x"))).toEqual(START_FIGURES);
});

test("the closer the map, the lower the level", () => {
	expect([8, 9.5, 11, 13].map(levelAt)).toEqual(["county", "township", "village", "grid"]);
});

test("the most comes first, units without a value last", () => {
	const rows = [row("b", 2), row("a", 2), row("c", 9)];
	expect(ranked(rows, "reported").map(({ code }) => code)).toEqual(["c", "a", "b"]);
	const hours = [row("a", 1), row("b", 1, { median_hours: 0 }), row("c", 1, { median_hours: 3 })];
	expect(ranked(hours, "median_hours").map(({ code }) => code)).toEqual(["c", "b", "a"]);
});

test("few different values are classes of their own", () => {
	expect(classEnds([0, 3, 1, 3])).toEqual([1, 3]);
	expect(classEnds([0, 0])).toEqual([]);
});

test("many values make five classes that hold about as many each", () => {
	const values = Array.from({ length: 100 }, (_, i) => i + 1);
	expect(classEnds(values)).toEqual([20, 40, 60, 80, 100]);
	expect(classOf(20, [20, 40])).toBe(0);
	expect(classOf(21, [20, 40])).toBe(1);
	expect(classOf(0, [20, 40])).toBe(null);
	expect(classOf(null, [20, 40])).toBe(null);
});

test("every unit with a value is in one class", () => {
	const rows = Array.from({ length: 50 }, (_, i) => row(`u${i}`, i % 13));
	const classes = classesOf(rows, "reported");
	const codes = classes.flatMap((one) => one.codes);
	expect(codes.length).toBe(rows.filter((one) => one.reported > 0).length);
	expect(new Set(codes).size).toBe(codes.length);
});

test("hours are told as people say them", () => {
	const words = { m: "min", h: "h", d: "d" };
	expect([0.5, 3.25, 30, 72].map((hours) => hoursText(hours, words))).toEqual([
		"30 min",
		"3.3 h",
		"30 h",
		"3.0 d",
	]);
});
