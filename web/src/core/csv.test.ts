import { expect, test } from "vitest";
import { csv, tsv } from "./csv";

test("formulas become text, numbers stay numbers, quotes are doubled", () => {
	expect(
		csv(
			["a", "b"],
			[
				["=1+1", "-110.5"],
				['say "hi"', "x,y"],
			],
		),
	).toBe('\uFEFFa,b\r\n\'=1+1,-110.5\r\n"say ""hi""","x,y"\r\n');
});

test("a line break in a cell does not break the row that is copied", () => {
	expect(tsv(["a"], [["x\ny"]])).toBe("a\nx y");
});
