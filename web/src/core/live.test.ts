import { expect, test } from "vitest";
import { type Signs, type Standing, standing } from "./live";

const SIGNS: Signs = { open: true, answered: true, known: 10_000, pending: null, now: 10_000 };

test.each<[string, Partial<Signs>, Standing]>([
	["the line stands", {}, { kind: "live" }],
	["it stands, and nothing happened for long", { now: 90_000 }, { kind: "live" }],
	["what happened is about to be shown", { pending: 9_000 }, { kind: "live" }],
	["what happened is long in coming", { pending: 5_000 }, { kind: "behind", seconds: 5 }],
	["no line, but answers", { open: false, now: 17_500 }, { kind: "behind", seconds: 7 }],
	["no answer", { answered: false, now: 22_000 }, { kind: "offline", seconds: 12 }],
	[
		"no network, and the line not yet known to be gone",
		{ answered: false },
		{ kind: "offline", seconds: 0 },
	],
])("%s", (_, signs, expected) => {
	expect(standing({ ...SIGNS, ...signs })).toEqual(expected);
});
