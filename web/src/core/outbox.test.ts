import { expect, test } from "vitest";
import {
	afterRefusal,
	type Entry,
	type Form,
	keyFrom,
	lacks,
	occurredOf,
	outworn,
	PREFIX,
	readEntries,
	retries,
	written,
} from "./outbox";

const NOW = "2026-11-27T12:00:00.000Z";
const FORM: Form = {
	category: "fire",
	text: " 楼道冒烟 ",
	occurred: null,
	place: { lon: 110.29, lat: 25.27, crs: "wgs84", accuracy: 12.4 },
};
const entry = (key: string, more: Partial<Entry> = {}): Entry => ({
	key,
	who: "lan",
	written_at: NOW,
	body: { crs: "wgs84", lon: 110, lat: 25, category: "fire", occurred_at: NOW },
	state: { kind: "waiting" },
	...more,
});

test("a key is made of random bytes alone", () => {
	expect(keyFrom(new Uint8Array([0, 1, 254, 255]))).toBe("0001feff");
});

test("a form is written as the server takes it", () => {
	expect(written(FORM, NOW)).toEqual({
		crs: "wgs84",
		lon: 110.29,
		lat: 25.27,
		accuracy_m: 12,
		category: "fire",
		occurred_at: NOW,
		text: "楼道冒烟",
	});
	const tapped: Form = {
		...FORM,
		text: "",
		occurred: "2026-11-27T11:00:00Z",
		place: { lon: 110, lat: 25, crs: "cgcs2000", accuracy: null },
	};
	expect(written(tapped, NOW)).toEqual({
		crs: "cgcs2000",
		lon: 110,
		lat: 25,
		category: "fire",
		occurred_at: "2026-11-27T11:00:00Z",
	});
});

test("a circle is as wide as the server takes it, and never nothing", () => {
	const of = (accuracy: number) =>
		written({ ...FORM, place: { lon: 110, lat: 25, crs: "wgs84", accuracy } }, NOW)?.accuracy_m;
	expect(of(90_000)).toBe(2000);
	expect(of(0.2)).toBe(1);
});

test("what is missing is named, and nothing is written without it", () => {
	expect(lacks({ ...FORM, place: null, category: "" })).toEqual(["place", "category"]);
	expect(lacks({ ...FORM, text: "字".repeat(2001) })).toEqual(["long"]);
	expect(lacks({ ...FORM, text: "😀".repeat(2000) })).toEqual([]);
	expect(written({ ...FORM, place: null }, NOW)).toBe(null);
});

test.each([
	[0, true],
	[401, true],
	[429, true],
	[503, true],
	[507, true],
	[400, false],
	[403, false],
	[413, false],
	[422, false],
])("an answer %i: again later is %s", (status, again) => {
	expect(retries(status)).toBe(again);
});

test("a refused one keeps its reason, one without an answer waits", () => {
	const no = {
		status: 400,
		code: "bad_value",
		detail: "unknown category",
		field: "category",
		expected: "a code",
	};
	expect(afterRefusal(entry("a"), no).state).toEqual({
		kind: "refused",
		code: "bad_value",
		detail: "unknown category",
		field: "category",
		expected: "a code",
	});
	expect(afterRefusal(entry("a"), { ...no, status: 0 }).state).toEqual({ kind: "waiting" });
});

test("a clock that is ahead is set right by what the server expected", () => {
	const refused = (field: string, expected: string | null) =>
		entry("a", { state: { kind: "refused", code: "bad_value", detail: "", field, expected } });
	const expected = "a time up to 2026-11-27T10:00:00.5+00:00";
	expect(occurredOf(refused("occurred_at", expected))).toBe("2026-11-27T10:00:00.500Z");
	expect(occurredOf(refused("occurred_at", "soon"))).toBe(NOW);
	expect(occurredOf(refused("category", expected))).toBe(NOW);
});

test("what a device keeps is read in the order it was written, and strange things are passed over", () => {
	const early = entry("b", { written_at: "2026-11-27T11:00:00.000Z" });
	const stored: [string, string][] = [
		["wangge.lang", "zh"],
		[`${PREFIX}a`, JSON.stringify(entry("a"))],
		[`${PREFIX}x`, "{broken"],
		[`${PREFIX}y`, JSON.stringify({ key: "y" })],
		[`${PREFIX}b`, JSON.stringify(early)],
	];
	expect(readEntries(stored).map(({ key }) => key)).toEqual(["b", "a"]);
});

test("only sent ones wear out, the oldest first", () => {
	const receipt = { id: 1, number: "1", unit: null, confirm: false };
	const sent = Array.from({ length: 22 }, (_, i) =>
		entry(`s${i}`, { state: { kind: "sent", receipt } }),
	);
	expect(outworn([entry("w"), ...sent])).toEqual(["s0", "s1"]);
	expect(outworn([entry("w")])).toEqual([]);
});
