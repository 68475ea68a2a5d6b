import { readFileSync } from "node:fs";
import { type StyleSpecification, validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { expect, test } from "vitest";
import { styles } from "../../../tiles/styles/compose.mjs";
import type { StyleText } from "../api/style";
import { dress, NOTHING } from "./dress";

const themes = ["light", "dark"] as const;
const committed = (theme: string) =>
	JSON.parse(readFileSync(new URL(`../../../tiles/styles/${theme}.json`, import.meta.url), "utf8"));

test.each(themes)("%s.json is what compose.mjs writes", (theme) => {
	expect(committed(theme)).toEqual(styles[theme]);
});

test.each(themes)("%s is a valid style with the page's own layers in it", (theme) => {
	const overlay = {
		selection: NOTHING,
		points: NOTHING,
		disc: null,
		draft: NOTHING,
		lines: NOTHING,
		mismatch: NOTHING,
		reports: NOTHING,
		heaps: null,
		ringed: NOTHING,
		heat: { level: "village" as const, classes: [["450305002007"], [], ["450305002"]] },
		classes: false,
	};
	const basemap = { kind: "xyz", url: "https://tiles.example/{z}/{x}/{y}.png" } as const;
	const style = dress(
		committed(theme) as StyleText,
		theme,
		basemap,
		["land"],
		overlay,
		"https://grid.example",
	);
	expect(validateStyleMin(style)).toEqual([]);
});

test.each(themes)(
	"in %s no line beside a polygon's rim reaches over the tile's buffer",
	(theme) => {
		// A tile cuts polygons 64 of 4096 units beyond its sides, 8 pixels at a whole zoom, and a cut is a rim too. Half a
		// pixel more is taken by smooth edges.
		const values = (value: unknown): number[] =>
			Array.isArray(value) ? value.slice(4).filter((_, i) => i % 2 === 0) : [Number(value ?? 0)];
		const { layers } = committed(theme) as StyleSpecification;
		const rims = layers.flatMap((layer) =>
			layer.type === "line" && ["station", "police"].includes(layer["source-layer"] ?? "")
				? [layer]
				: [],
		);
		expect(rims.map((layer) => layer.id)).toContain("station-band");
		for (const { id, paint } of rims) {
			const most = (name: "line-offset" | "line-width") => Math.max(...values(paint?.[name]));
			expect(most("line-offset") + most("line-width") / 2, id).toBeLessThanOrEqual(7.5);
		}
	},
);

test("a switch turns off its group and nothing else", () => {
	const overlay = {
		selection: NOTHING,
		points: NOTHING,
		disc: null,
		draft: NOTHING,
		lines: NOTHING,
		mismatch: NOTHING,
		reports: NOTHING,
		heaps: null,
		ringed: NOTHING,
		heat: { level: "village" as const, classes: [["450305002007"], [], ["450305002"]] },
		classes: false,
	};
	const style = dress(
		committed("light") as StyleText,
		"light",
		{ kind: "none" },
		["water"],
		overlay,
		"https://grid.example",
	);
	const hidden = style.layers.filter((layer) => layer.layout?.visibility === "none");
	expect(hidden.map((layer) => layer.id)).toContain("grid-border");
	expect(hidden.map((layer) => layer.id)).toContain("police-line");
	expect(hidden.map((layer) => layer.id)).not.toContain("water-fill");
	expect(hidden.map((layer) => layer.id)).not.toContain("county-border");
});
