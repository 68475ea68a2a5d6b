import { describe, expect, it } from "vitest";
import { tilesToAsk } from "./touched";

const GUILIN = [110.28, 25.27, 110.3, 25.29];

describe("the tiles that are asked for again", () => {
	it("are those that are named at the zoom", () => {
		const touched = [{ zoom: 12, within: 12, tiles: [[3302, 1750]] as const }];
		expect(tilesToAsk(touched, 12, GUILIN)).toEqual([{ z: 12, x: 3302, y: 1750 }]);
		expect(tilesToAsk([{ zoom: 12, within: 12, tiles: [] }], 12, GUILIN)).toEqual([]);
	});
	it("are all where the zoom is not named", () => {
		expect(tilesToAsk([], 12, GUILIN)).toBeNull();
	});
	it("are those in view that lie in the larger ones which are named", () => {
		const touched = [{ zoom: 14, within: 12, tiles: [[3302, 1750]] as const }];
		const tiles = tilesToAsk(touched, 14, GUILIN) ?? [];
		expect(tiles.length).toBeGreaterThan(0);
		expect(tiles.every(({ x, y }) => x >> 2 === 3302 && y >> 2 === 1750)).toBe(true);
		expect(tilesToAsk([{ zoom: 14, within: 12, tiles: [[0, 0]] }], 14, GUILIN)).toEqual([]);
	});
});
