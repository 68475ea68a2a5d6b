import { expect, test } from "vitest";
import { boxAround } from "./issue";

test("an issue is looked for around its ground, or its place, or nowhere", () => {
	const ring = [
		[110.01, 25.01],
		[110.02, 25.01],
		[110.02, 25.03],
		[110.01, 25.01],
	];
	const ground = boxAround({ at: [110, 25], geometry: { type: "Polygon", coordinates: [ring] } });
	expect(ground?.map((n) => n.toFixed(3))).toEqual(["110.009", "25.009", "110.021", "25.031"]);
	expect(boxAround({ at: [110, 25] })?.map((n) => n.toFixed(3))).toEqual([
		"109.999",
		"24.999",
		"110.001",
		"25.001",
	]);
	expect(boxAround({ at: null })).toBe(null);
	expect(boxAround({ at: null, geometry: { type: "Point", coordinates: [1, 2] } })).toBe(null);
});
