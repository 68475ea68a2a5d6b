import { expect, test } from "vitest";
import type { LonLat } from "./sketch";
import { netOf, traced } from "./trace";

// A road from west to east with a bend, and a side road from its middle to the north.
const road: LonLat[] = [
	[110, 0],
	[110.001, 0],
	[110.002, 0.001],
	[110.003, 0],
	[110.004, 0],
];
const side: LonLat[] = [
	[110.002, 0.001],
	[110.002, 0.003],
];
const net = netOf([road, side]);
const REACH = 0.0002;

test("a path follows a line between two places beside it", () => {
	expect(traced(net, [110.0005, 0.0001], [110.0035, -0.0001], REACH)).toEqual([
		[110.0005, 0],
		[110.001, 0],
		[110.002, 0.001],
		[110.003, 0],
		[110.0035, 0],
	]);
});

test("places on the line are not repeated", () => {
	expect(traced(net, [110.001, 0], [110.003, 0], REACH)).toEqual([[110.002, 0.001]]);
	expect(traced(net, [110.0002, 0], [110.0008, 0], REACH)).toEqual([]);
});

test("lines that share a place are one way, back and forth", () => {
	expect(traced(net, [110.002, 0.002], [110, 0], REACH)).toEqual([
		[110.002, 0.001],
		[110.001, 0],
	]);
});

test("the nearer of two lines goes before the shorter way", () => {
	const detour: LonLat[] = [
		[110, 0],
		[110.002, 0.0008],
		[110.004, 0],
	];
	const straight: LonLat[] = [
		[110, -0.00015],
		[110.004, -0.00015],
	];
	const way = traced(netOf([detour, straight]), [110, 0], [110.004, 0], REACH);
	expect(way).toEqual([[110.002, 0.0008]]);
});

test("where no line is at hand or none leads on there is no way", () => {
	expect(traced(net, [110.0005, 0.001], [110.0035, 0], REACH)).toBe(null);
	expect(traced(net, [110.0005, 0], [110.0035, 0.01], REACH)).toBe(null);
	const apart = netOf([road.slice(0, 2), road.slice(3)]);
	expect(traced(apart, [110.0005, 0], [110.0035, 0], REACH)).toBe(null);
	expect(traced(netOf([]), [110, 0], [110.001, 0], REACH)).toBe(null);
});
