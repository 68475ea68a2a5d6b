import { expect, test } from "vitest";
import { area, clock, distance, groupCode } from "./format";

test.each([
	["450305", "450305"],
	["450305002007003", "450305 002 007 003"],
	["450300W012", "450300 W012"],
	["4503050021", "4503050021"],
	["PCS-七星-07", "PCS-七星-07"],
])("the code %s reads %s", (code, text) => {
	expect(groupCode(code)).toBe(text);
});

test("areas change from m² to km² where the figure stays readable", () => {
	expect(area(9_999)).toEqual({ value: "9,999", unit: "m²" });
	expect(area(310_000)).toEqual({ value: "0.31", unit: "km²" });
	expect(area(27_809_000_000)).toEqual({ value: "27,809", unit: "km²" });
});

test("distances carry the digits that matter", () => {
	expect([0.034, 12.4, 999, 1234, 12345].map(distance)).toEqual([
		"0.03 m",
		"12 m",
		"999 m",
		"1.23 km",
		"12.3 km",
	]);
});

test("a moment of today is its time, another its day as well", () => {
	const now = new Date(2026, 10, 27, 18, 0);
	expect(clock(new Date(2026, 10, 27, 9, 5, 7).toISOString(), now)).toBe("09:05:07");
	expect(clock(new Date(2026, 10, 26, 9, 5, 7).toISOString(), now)).toBe("2026-11-26 09:05");
});
