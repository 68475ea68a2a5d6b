import { describe, expect, test } from "vitest";
import { plausible } from "./crs";
import { isPosition, read, readLine } from "./position";

function pair(text: string) {
	const line = readLine(text, 1);
	if (line.kind !== "pair") throw new Error(`${text}: ${line.fault}`);
	return line;
}

describe("one position, however it is written", () => {
	test.each([
		["110.29,25.27", false],
		["25.27 110.29", true],
		["110.29，25.27", false],
		["１１０．２９　２５．２７", false],
		["[110.29, 25.27]", false],
		['{"lon":110.29,"lat":25.27}', false],
		["POINT(110.29 25.27)", false],
		["lon=110.29&lat=25.27", false],
		["geo:25.27,110.29", true],
		["110°17'24\"E 25°16'12\"N", false],
		["25°16′12″N, 110°17′24″E", true],
		["北纬25度16分12秒 东经110度17分24秒", true],
		["N25°16.2' E110°17.4'", true],
		["E110.29 N25.27", false],
		["25.27N 110.29E", true],
		["110.29° 25.27°", false],
	])("%s", (text, swapped) => {
		const read = pair(text);
		expect(read.east).toBeCloseTo(110.29, 9);
		expect(read.north).toBeCloseTo(25.27, 9);
		expect(read.swapped).toBe(swapped);
		expect(read.form).toBe("geographic");
		expect(read.label).toBe("");
	});
});

test("metres are told from degrees, and a northing that stands first is turned round", () => {
	expect(pair("429131.31 2797281.37")).toMatchObject({ form: "projected", swapped: false });
	expect(pair("2797281.37,37429131.31")).toMatchObject({
		east: 37429131.31,
		north: 2797281.37,
		swapped: true,
	});
});

test("words and row numbers on the line become its label", () => {
	expect(pair("7, 象鼻山, 110.29, 25.27")).toMatchObject({ east: 110.29, label: "7 象鼻山" });
});

test.each([
	["象鼻山", "no_numbers"],
	["110.29", "one_number"],
	["1 2 3 4", "too_many"],
	["190.1, 25.2", "out_of_range"],
	["N25°1' N25°2'", "two_of_a_kind"],
])("%s is refused: %s", (text, fault) => {
	expect(readLine(text, 1)).toMatchObject({ kind: "unread", fault });
});

test("several lines keep their numbers, a heading is skipped, a bad line does not stop the rest", () => {
	const lines = read("经度,纬度\n110.29,25.27\n\n不知道\n25.3 110.3\n");
	expect(lines.map((line) => [line.line, line.kind])).toEqual([
		[2, "pair"],
		[4, "unread"],
		[5, "pair"],
	]);
});

test("a code is not a position, a pair is", () => {
	expect(isPosition("450305002007003")).toBe(false);
	expect(isPosition("七星")).toBe(false);
	expect(isPosition("110.29,25.27")).toBe(true);
});

test("an open coordinate system has more than one reading in degrees, and the zone prefix narrows metres", () => {
	expect(plausible(110.29, "geographic")).toEqual(["cgcs2000", "gcj02", "bd09"]);
	expect(plausible(37429131, "projected")).toEqual(["4525"]);
	expect(plausible(19429131, "projected")).toEqual(["4497"]);
	expect(plausible(429131, "projected")).toEqual(["4546", "4508"]);
	expect(plausible(12278137, "projected")).toEqual(["3857"]);
});
