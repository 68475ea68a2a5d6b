import { expect, test } from "vitest";
import { changedPosts, type DatedPost, dayOf, faultIn, rowsOn } from "./posts";

const TODAY = "2026-11-27";
const post = (title: string, holder: string | null, more: Partial<DatedPost> = {}): DatedPost => ({
	title,
	holder,
	phone: null,
	valid_from: "2026-01-01",
	valid_to: null,
	...more,
});
const over = post("网格长", "旧", { valid_to: "2026-01-02" });
const coming = post("网格长", "新", { valid_from: "2027-01-01" });

test("a day is the one that is written in China", () => {
	expect(dayOf(new Date("2026-11-26T16:00:00Z"))).toBe("2026-11-27");
	expect(dayOf(new Date("2026-11-26T15:59:59Z"))).toBe("2026-11-26");
});

test("only what stands today is in the form", () => {
	const rows = rowsOn(
		[over, post("网格长", null, { valid_to: TODAY }), post("民警", null), coming],
		TODAY,
	);
	expect(rows).toEqual([{ from: 2, title: "民警", holder: "", phone: "" }]);
});

test("another holder begins today and the one before ends", () => {
	const all = [over, post("网格长", "甲", { phone: "1", valid_to: "2027-01-01" }), coming];
	const [row] = rowsOn(all, TODAY);
	const after = changedPosts(
		all,
		[{ from: 1, title: "网格长", holder: " 乙 ", phone: "2" }],
		TODAY,
	);
	expect(row?.holder).toBe("甲");
	expect(after).toEqual([
		over,
		{ ...all[1], valid_to: TODAY },
		{ title: "网格长", holder: "乙", phone: "2", valid_from: TODAY, valid_to: "2027-01-01" },
		coming,
	]);
});

test("a telephone is put right where it stands, and what began today is replaced", () => {
	const all = [post("网格长", "甲", { phone: "1" }), post("民警", "乙", { valid_from: TODAY })];
	const rows = rowsOn(all, TODAY).map((row) => ({ ...row, phone: "9" }));
	expect(changedPosts(all, rows, TODAY)).toEqual([
		{ ...all[0], phone: "9" },
		{ ...all[1], phone: "9" },
	]);
	const renamed = rows.map((row) => ({ ...row, holder: "丙", phone: "" }));
	expect(
		changedPosts(all, renamed, TODAY).map((p) => [p.holder, p.valid_from, p.valid_to]),
	).toEqual([
		["甲", "2026-01-01", TODAY],
		["丙", TODAY, null],
		["丙", TODAY, null],
	]);
});

test("what is taken out ends today, what is added begins today, and empty rows are none", () => {
	const all = [post("网格长", "甲"), post("民警", "乙", { valid_from: TODAY })];
	const blank = { from: null, title: " ", holder: "", phone: "" };
	const added = { from: null, title: "法律顾问", holder: "", phone: "" };
	expect(changedPosts(all, [blank, added], TODAY)).toEqual([
		{ ...all[0], valid_to: TODAY },
		{ title: "法律顾问", holder: null, phone: null, valid_from: TODAY, valid_to: null },
	]);
	expect(changedPosts(all, rowsOn(all, TODAY), TODAY)).toEqual(all);
});

test("a fault is named before anything is sent", () => {
	const row = (title: string, holder: string, phone: string) => ({
		from: null,
		title,
		holder,
		phone,
	});
	expect(faultIn(row("", "", ""))).toBe(null);
	expect(faultIn(row("", "甲", ""))).toBe("title");
	expect(faultIn(row("网格长", "", "110"))).toBe("holder");
	expect(faultIn(row("网格长", "甲", "=1"))).toBe("phone");
	expect(faultIn(row("网格长", "甲", "+86 (773) 1"))).toBe(null);
});
