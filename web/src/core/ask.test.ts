import { expect, test } from "vitest";
import {
	gainer,
	KEY_OF,
	merging,
	naming,
	nextName,
	reassigning,
	redrawing,
	splitting,
	TOOLS,
	toolOf,
	transferring,
} from "./ask";
import type { Border, LonLat } from "./sketch";

const A: LonLat = [110.31, 25.3];
const C: LonLat = [110.31, 25.31];
const border: Border = { path: [A, C], left: 1, right: 2, outer: false };
const out: LonLat = [110.313, 25.305];

test("every tool has a key of its own", () => {
	expect(new Set(Object.values(KEY_OF)).size).toBe(TOOLS.length);
	for (const tool of TOOLS) expect(toolOf(KEY_OF[tool].toLowerCase())).toBe(tool);
	expect(toolOf("q")).toBeNull();
});

test("a redrawn border is asked for with both ends on it", () => {
	expect(redrawing([A, out, C], border, null)).toEqual({
		kind: "replace_path",
		path: [A, out, C],
	});
	expect(redrawing([A, out, C], { ...border, outer: true }, 1)).toEqual({
		kind: "move_outline",
		path: [A, out, C],
		reading: 1,
	});
	expect(redrawing([A], border, null)).toBeNull();
});

test("who gains is the unit from which the path leads away", () => {
	expect(gainer([A, out, C], border)).toBe(1);
	expect(gainer([A, [110.307, 25.305], C], border)).toBe(2);
	expect(gainer([A, C], border)).toBeNull();
});

test("nothing is asked while something is missing", () => {
	expect(merging(["g1"])).toBeNull();
	expect(merging(["g1", "g2", "g3"])).toEqual({ kind: "merge", keep: "g1", drop: ["g2", "g3"] });
	expect(transferring([A, out, C], "g1", null)).toBeNull();
	expect(transferring([A, out, C], "g1", "g1")).toBeNull();
	expect(reassigning([], "v")).toBeNull();
	expect(splitting([A], "g1", "b", "larger")).toBeNull();
});

test("only what differs is set, with what it was", () => {
	const unit = { code: "g1", name: "一格" };
	expect(naming(unit, { code: "g1", name: " 一格 " })).toBeNull();
	expect(naming(unit, { code: "g1", name: "二格" })).toEqual({
		kind: "set_attributes",
		unit: "g1",
		set: { name: { old: "一格", new: "二格" } },
	});
});

test("a new grid gets the next number of its village", () => {
	const others = ["六合社区第3网格", "六合社区第11网格", "和平村第40网格"];
	expect(nextName("六合社区第3网格", others)).toBe("六合社区第12网格");
	expect(nextName("广场", others)).toBe("广场2");
});
