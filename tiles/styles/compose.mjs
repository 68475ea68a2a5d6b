// Writes light.json and dark.json from one list of layers and two sets of colours, so that the two
// can never differ in anything but colour. Run `node tiles/styles/compose.mjs`; `npm test` in web/
// fails when the JSON is not what this file writes.
import { writeFileSync } from "node:fs";

const light = {
	paper: "#f4f2ec",
	ink: "#1d2528",
	muted: "#59656a",
	select: "#d4380d",
	police: "#5b4bc4",
	waterLine: "#2b8aa8",
	waterFill: "#bfe0ea",
	waterInk: "#1c6a84",
	tints: ["#e9eee6", "#efece0", "#e4ebe9", "#f0e9e2"],
	grid: "#b9bdb4",
	village: "#7c8781",
	township: "#56625f",
	county: "#37444a",
};

const dark = {
	paper: "#12171a",
	ink: "#e8ecec",
	muted: "#a3afb2",
	select: "#ff7a45",
	police: "#a196ff",
	waterLine: "#57b9d6",
	waterFill: "#1d5364",
	waterInk: "#8fd2e6",
	tints: ["#1e282b", "#243033", "#1b2623", "#272f2e"],
	grid: "#46545a",
	village: "#75868c",
	township: "#9aabb0",
	county: "#c6d1d3",
};

const font = ["PingFang SC", "Microsoft YaHei", "Source Han Sans SC", "Noto Sans CJK SC", "sans-serif"];
const zoomed = (...stops) => ["interpolate", ["linear"], ["zoom"], ...stops];

/** A layer of the style; `group` is the switch that turns it off, null for what is always drawn. */
function layer(id, type, source, group, rest) {
	const metadata = group === null ? {} : { metadata: { "wangge:group": group } };
	return { id, type, source: "grid", "source-layer": source, ...metadata, ...rest };
}

function landFill(c, level, group, zooms) {
	const [t0, t1, t2, t3] = c.tints;
	return layer(`${level}-fill`, "fill", level, group, {
		...zooms,
		paint: { "fill-color": ["match", ["get", "tint"], 0, t0, 1, t1, 2, t2, t3], "fill-antialias": false },
	});
}

/** A fill that is seen only under the pointer, and is what a click hits at every time. */
function hoverFill(c, source, group, zooms) {
	return layer(`${source}-hover`, "fill", source, group, {
		...zooms,
		paint: {
			"fill-color": c.select,
			"fill-opacity": ["case", ["boolean", ["feature-state", "hover"], false], 0.08, 0],
			"fill-antialias": false,
		},
	});
}

function border(id, levels, group, minzoom, paint) {
	return layer(id, "line", "border", group, {
		minzoom,
		filter: ["all", ["==", ["get", "layer"], "land"], ["match", ["get", "level"], levels, true, false]],
		layout: { "line-join": "round", "line-cap": "round" },
		paint,
	});
}

function label(c, id, group, zooms, layout, paint) {
	return layer(id, "symbol", id.replace("-", "_"), group, {
		...zooms,
		layout: {
			"text-field": ["get", "name"],
			"text-font": font,
			"text-max-width": 6,
			"text-padding": 3,
			"symbol-sort-key": ["coalesce", ["get", "rank"], 0],
			...layout,
		},
		paint: { "text-color": c.ink, "text-halo-color": c.paper, "text-halo-width": 1.4, ...paint },
	});
}

function fills(c) {
	return [
		landFill(c, "county", null, { maxzoom: 7 }),
		landFill(c, "township", null, { minzoom: 7, maxzoom: 9 }),
		landFill(c, "village", "land", { minzoom: 9 }),
		hoverFill(c, "county", null, {}),
		hoverFill(c, "township", null, { minzoom: 7 }),
		hoverFill(c, "village", "land", { minzoom: 9 }),
		hoverFill(c, "grid", "land", { minzoom: 11 }),
		layer("water-fill", "fill", "water", "water", {
			minzoom: 7,
			paint: { "fill-color": c.waterFill, "fill-antialias": false },
		}),
		layer("water-line", "line", "water", "water", {
			minzoom: 7,
			layout: { "line-join": "round" },
			paint: {
				"line-color": c.waterLine,
				"line-width": zoomed(7, 0.6, 12, 0.6, 15, 1.2),
				"line-opacity": zoomed(10, 0.75, 12, 0.55),
			},
		}),
		hoverFill(c, "water", "water", { minzoom: 7 }),
	];
}

function borders(c) {
	return [
		border("grid-border", ["grid"], "land", 10.5, {
			"line-color": c.grid,
			"line-width": zoomed(10.5, 0.4, 16, 1),
		}),
		border("village-border", ["village"], "land", 9, {
			"line-color": c.village,
			"line-width": zoomed(9, 0.5, 16, 1.9),
		}),
		border("township-border", ["township"], null, 7, {
			"line-color": c.township,
			"line-width": zoomed(7, 0.6, 9, 1, 16, 2),
			"line-opacity": zoomed(7, 0.45, 9, 1),
		}),
		border("county-halo", ["county", "city"], null, 4, {
			"line-color": c.paper,
			"line-width": zoomed(7, 3.2, 16, 6.4),
			"line-opacity": 0.8,
		}),
		border("county-border", ["county", "city"], null, 4, {
			"line-color": c.county,
			"line-width": zoomed(7, 1.2, 16, 2.4),
		}),
	];
}

function policeLines(c) {
	return [
		hoverFill(c, "station", "police", { minzoom: 9, maxzoom: 11 }),
		hoverFill(c, "police", "police", { minzoom: 11 }),
		// Where police grids are drawn, a station is a soft band inside its rim: two dashed lines on one
		// border could not be told apart.
		layer("station-band", "line", "station", "police", {
			minzoom: 11,
			layout: { "line-join": "round" },
			paint: {
				"line-color": c.police,
				"line-width": zoomed(11, 3.5, 16, 7),
				"line-offset": zoomed(11, 1.75, 16, 3.5),
				"line-opacity": 0.22,
			},
		}),
		layer("police-line", "line", "police", "police", {
			minzoom: 11,
			layout: { "line-join": "round" },
			paint: {
				"line-color": c.police,
				"line-width": 1.3,
				"line-dasharray": [5, 3],
				"line-offset": zoomed(11, 1, 16, 2.2),
			},
		}),
		layer("station-line", "line", "station", "police", {
			minzoom: 9,
			maxzoom: 11,
			layout: { "line-join": "round" },
			paint: {
				"line-color": c.police,
				"line-width": 1.3,
				"line-dasharray": [5, 3],
				"line-offset": 0.9,
			},
		}),
	];
}

function labels(c) {
	const small = { "text-size": 11, "text-padding": 2 };
	const twoDigits = { "text-field": ["slice", ["get", "code"], -2] };
	const waterNumber = { "text-field": ["slice", ["get", "code"], -4] };
	const purple = { "text-color": c.police };
	return [
		label(c, "grid-label", "land", { minzoom: 15.2 }, { "text-size": 12 }, { "text-color": c.muted }),
		{
			...label(c, "grid-label", "land", { minzoom: 13.4, maxzoom: 15.2 }, { ...small, ...twoDigits }, { "text-color": c.muted }),
			id: "grid-number",
		},
		label(c, "water-label", "water", { minzoom: 14.6 }, small, { "text-color": c.waterInk }),
		{
			...label(c, "water-label", "water", { minzoom: 12.5, maxzoom: 14.6 }, { ...small, ...waterNumber }, { "text-color": c.waterInk }),
			id: "water-number",
		},
		label(c, "police-label", "police", { minzoom: 12.5 }, small, purple),
		label(c, "station-label", "police", { minzoom: 9.5 }, { "text-size": 12 }, purple),
		label(c, "village-label", "land", { minzoom: 10.6, maxzoom: 15.2 }, { "text-size": zoomed(10.6, 11.5, 14, 14) }, {}),
		label(c, "township-label", null, { minzoom: 8.6, maxzoom: 11.4 }, { "text-size": zoomed(8.6, 11.5, 11, 13.5), "text-letter-spacing": 0.06 }, { "text-color": c.muted }),
		label(
			c,
			"county-label",
			null,
			{ maxzoom: 12 },
			{
				"text-size": zoomed(6, 12, 8, 14, 11, 18),
				"text-letter-spacing": 0.12,
				"text-padding": 2,
				"text-variable-anchor": ["center", "top", "bottom", "left", "right"],
				"text-radial-offset": 0.3,
				"text-justify": "auto",
			},
			{ "text-halo-width": 2 },
		),
	];
}

/** The whole style in one set of colours. */
export function compose(name, colours) {
	return {
		version: 8,
		name,
		metadata: { "wangge:basemap": { kind: "none" } },
		sources: {
			grid: {
				type: "vector",
				tiles: ["/tiles/grid/{z}/{x}/{y}.mvt"],
				minzoom: 4,
				maxzoom: 16,
				attribution: "GeoNames (CC BY 4.0)",
			},
		},
		layers: [
			{ id: "paper", type: "background", paint: { "background-color": colours.paper } },
			...fills(colours),
			...borders(colours),
			...policeLines(colours),
			...labels(colours),
		],
	};
}

export const styles = { light: compose("wangge light", light), dark: compose("wangge dark", dark) };

if (process.argv[1] === new URL(import.meta.url).pathname) {
	for (const [theme, style] of Object.entries(styles)) {
		writeFileSync(new URL(`${theme}.json`, import.meta.url), `${JSON.stringify(style, null, "\t")}\n`);
	}
}
