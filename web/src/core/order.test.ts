import { expect, test } from "vitest";
import { type Order, ordered } from "./order";

const piece = (a_name: string, area_m2: number, share_a: number, households: number | null) => ({
	a_name,
	area_m2,
	share_a,
	households,
});
const PIECES = [
	piece("白洞村第10网格", 30, 0.1, null),
	piece("白洞村第2网格", 20, 0.3, 7),
	piece("安新社区第1网格", 10, 0.2, 9),
];

test.each([
	["area", [30, 20, 10]],
	["share", [20, 10, 30]],
	["households", [10, 20, 30]],
	["name", [10, 20, 30]],
] as [Order, number[]][])("by %s", (order, areas) => {
	expect(ordered(PIECES, order).map((one) => one.area_m2)).toEqual(areas);
	expect(PIECES.map((one) => one.area_m2)).toEqual([30, 20, 10]);
});
