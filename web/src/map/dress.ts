import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import type { Basemap, StyleText } from "../api/style";
import type { Layer, Theme } from "../core/route";
import { type Heat, heatLayers } from "./heat";
import { reportLayers, reportSources } from "./reports";

/** What the page draws over the tiles. */
export interface Overlay {
	selection: GeoJSON.FeatureCollection;
	points: GeoJSON.FeatureCollection;
	disc: GeoJSON.Feature | null;
	/** Ground as a draft has it, over what the tiles show. */
	draft: GeoJSON.FeatureCollection;
	/** Roads, rivers, plans: what may be drawn along. */
	lines: GeoJSON.FeatureCollection;
	/** Ground on which police grids and grids disagree, each with its `key` and whether it is `chosen`. */
	mismatch: GeoJSON.FeatureCollection;
	/** Whether police borders are drawn by how they lie to those of grids. */
	classes: boolean;
	/** Reports, each with its `id`, `stage` and `mark`; near ones are put together. */
	reports: GeoJSON.FeatureCollection;
	/** Where the tiles are with more reports than can be shown one by one; null: there are not so many. */
	heaps: string | null;
	/** Those that are open or pointed at. */
	ringed: GeoJSON.FeatureCollection;
	/** How much happened where; null: not shown. */
	heat: Heat | null;
}

export const NOTHING: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

const HOT: Record<Theme, string> = { light: "#d4380d", dark: "#ff7a45" };
const PAPER: Record<Theme, string> = { light: "#ffffff", dark: "#12171a" };
const DRAFT: Record<Theme, string> = { light: "#e4e1de", dark: "#2b3236" };
const DRAFT_LINE: Record<Theme, string> = { light: "#37444a", dark: "#c6d1d3" };
const LINES: Record<Theme, string> = { light: "#8a5a12", dark: "#e0ad4a" };
export const WARNING: Record<Theme, string> = { light: "#b7791f", dark: "#e0ad4a" };
const POLICE: Record<Theme, string> = { light: "#5b4bc4", dark: "#a196ff" };
const ACCENT: Record<Theme, string> = { light: "#0b6e69", dark: "#3fb5ab" };

function asCollection(feature: GeoJSON.Feature | null): GeoJSON.FeatureCollection {
	return feature ? { type: "FeatureCollection", features: [feature] } : NOTHING;
}

function overlaySources(overlay: Overlay): Record<string, SourceSpecification> {
	return {
		selection: { type: "geojson", data: overlay.selection, tolerance: 0.2 },
		points: { type: "geojson", data: overlay.points },
		disc: { type: "geojson", data: asCollection(overlay.disc) },
		draft: { type: "geojson", data: overlay.draft, tolerance: 0.1 },
		lines: { type: "geojson", data: overlay.lines, tolerance: 0.1 },
		mismatch: { type: "geojson", data: overlay.mismatch, tolerance: 0.1 },
		...reportSources(overlay),
	};
}

/** Covers the borders under it, and draws its own. */
function draftLayers(theme: Theme): LayerSpecification[] {
	return [
		{
			id: "draft-fill",
			type: "fill",
			source: "draft",
			paint: {
				"fill-color": DRAFT[theme],
				"fill-opacity": ["case", ["==", ["get", "layer"], "land"], 1, 0],
				"fill-antialias": false,
			},
		},
		{
			id: "draft-line",
			type: "line",
			source: "draft",
			layout: { "line-join": "round" },
			paint: { "line-color": DRAFT_LINE[theme], "line-width": 1.6 },
		},
	];
}

function referenceLayers(theme: Theme): LayerSpecification[] {
	return [
		{
			id: "reference-line",
			type: "line",
			source: "lines",
			layout: { "line-join": "round", "line-cap": "round" },
			paint: { "line-color": LINES[theme], "line-width": 1.6, "line-dasharray": [1, 2] },
		},
	];
}

/** The image of a hatch is made when the map first asks for it. */
export const HATCH = "mismatch-hatch";

/** Hatched at 45 degrees: the shape says it, not the colour alone. */
function mismatchLayers(theme: Theme): LayerSpecification[] {
	return [
		{
			id: "mismatch-fill",
			type: "fill",
			source: "mismatch",
			paint: { "fill-pattern": `${HATCH}-${theme}` },
		},
		{
			id: "mismatch-line",
			type: "line",
			source: "mismatch",
			layout: { "line-join": "round" },
			paint: {
				"line-color": ["case", ["get", "chosen"], HOT[theme], WARNING[theme]],
				"line-width": ["case", ["get", "chosen"], 3, 1.2],
			},
		},
	];
}

/** Thinner where the city is seen from afar. */
const widening = (width: number): ["interpolate", ["linear"], ["zoom"], ...number[]] => [
	"interpolate",
	["linear"],
	["zoom"],
	12,
	width * 0.55,
	14.5,
	width,
];

/** From this zoom on borders are drawn by class. */
export const CLASSES_ZOOM = 11.5;

/** Tiles of the same state as those of the grids. */
function classesSource(grid: SourceSpecification | undefined): Record<string, SourceSpecification> {
	if (grid?.type !== "vector" || !grid.tiles) return {};
	const tiles = grid.tiles.map((url) => url.replace("/tiles/grid/", "/tiles/overlap/"));
	return { classes: { ...grid, tiles, minzoom: 11 } };
}

/** A solid line where grids have the border too, dots near one, long dashes on its own. */
function classLayers(theme: Theme, shown: boolean): LayerSpecification[] {
	const line = (name: string, colour: string, width: number, dashes: number[] | null) => ({
		id: `class-${name}`,
		type: "line" as const,
		source: "classes",
		"source-layer": "border_class",
		minzoom: CLASSES_ZOOM,
		filter: ["==", ["get", "class"], name] as ["==", ["get", string], string],
		layout: {
			"line-join": "round" as const,
			visibility: shown ? ("visible" as const) : ("none" as const),
		},
		paint: {
			"line-color": colour,
			"line-width": widening(width),
			...(dashes ? { "line-dasharray": dashes } : {}),
		},
	});
	return [
		line("coincident", POLICE[theme], 2.2, null),
		line("near", POLICE[theme], 2.4, [0.6, 1.4]),
		line("independent", WARNING[theme], 2.6, [5, 2]),
	];
}

function selectionLayers(theme: Theme): LayerSpecification[] {
	return [
		{
			id: "selection-fill",
			type: "fill",
			source: "selection",
			paint: { "fill-color": HOT[theme], "fill-opacity": 0.14 },
		},
		{
			id: "selection-line",
			type: "line",
			source: "selection",
			layout: { "line-join": "round", "line-cap": "round" },
			paint: { "line-color": HOT[theme], "line-width": 3 },
		},
	];
}

function pointLayers(theme: Theme): LayerSpecification[] {
	return [
		{
			id: "disc-fill",
			type: "fill",
			source: "disc",
			paint: { "fill-color": ACCENT[theme], "fill-opacity": 0.12 },
		},
		{
			id: "disc-line",
			type: "line",
			source: "disc",
			paint: { "line-color": ACCENT[theme], "line-width": 1.5 },
		},
		{
			id: "points",
			type: "circle",
			source: "points",
			paint: {
				"circle-radius": ["case", ["get", "hot"], 7, 4.5],
				"circle-color": ["case", ["get", "hot"], HOT[theme], ACCENT[theme]],
				"circle-stroke-color": PAPER[theme],
				"circle-stroke-width": 1.5,
				"circle-opacity": ["case", ["get", "away"], 0.45, 1],
			},
		},
	];
}

/** `{s}` stands for one of the provider's eight hosts, as Tianditu names them. */
function hosts(url: string): string[] {
	if (!url.includes("{s}")) return [url];
	return Array.from({ length: 8 }, (_, i) => url.replace("{s}", String(i)));
}

function basemapSource(basemap: Basemap): SourceSpecification | null {
	const { kind, url = "", attribution = "" } = basemap;
	switch (kind) {
		case "none":
			return null;
		case "xyz":
			return { type: "raster", tiles: hosts(url), tileSize: 256, attribution };
		case "pmtiles":
			return { type: "raster", url: `pmtiles://${url}`, tileSize: 256, attribution };
		default:
			return kind satisfies never;
	}
}

/** A fill steps back when there is a basemap under it. */
function thinned(layer: LayerSpecification): LayerSpecification {
	if (layer.type !== "fill" || layer.id.endsWith("-hover")) return layer;
	return { ...layer, paint: { ...layer.paint, "fill-opacity": 0.35 } };
}

function groupOf(layer: LayerSpecification): string | null {
	const metadata = layer.metadata as Record<string, unknown> | undefined;
	const group = metadata?.["wangge:group"];
	return typeof group === "string" ? group : null;
}

function switched(layer: LayerSpecification, on: readonly Layer[]): LayerSpecification {
	const group = groupOf(layer);
	if (group === null || layer.type === "background") return layer;
	const visibility = (on as readonly string[]).includes(group) ? "visible" : "none";
	return { ...layer, layout: { ...layer.layout, visibility } } as LayerSpecification;
}

function absolute(source: SourceSpecification, origin: string): SourceSpecification {
	if (source.type !== "vector" || !source.tiles) return source;
	return {
		...source,
		tiles: source.tiles.map((url) => (url.startsWith("/") ? origin + url : url)),
	};
}

/** The server's style with the basemap under it, the page's own layers in it, and the switches set. */
export function dress(
	text: StyleText,
	theme: Theme,
	basemap: Basemap,
	on: readonly Layer[],
	overlay: Overlay,
	origin: string,
): StyleSpecification {
	const style = text as unknown as StyleSpecification;
	const base = basemapSource(basemap);
	const given = base === null ? style.layers : style.layers.map(thinned);
	const [paper, ...land] = given.map((layer) => switched(layer, on));
	const baseLayers: LayerSpecification[] =
		base === null ? [] : [{ id: "basemap", type: "raster", source: "basemap" }];
	const firstLabel = land.findIndex((layer) => layer.type === "symbol");
	const at = firstLabel < 0 ? land.length : firstLabel;
	// Over the ground, under water, borders and what lies under the pointer.
	const over = Math.max(
		0,
		land.findIndex((layer) => layer.id.endsWith("-hover")),
	);
	const classes = classesSource(style.sources.grid);
	const sources = Object.entries({ ...style.sources, ...classes }).map(([id, source]) => [
		id,
		absolute(source, origin),
	]);
	return {
		...style,
		sources: {
			...Object.fromEntries(sources),
			...(base === null ? {} : { basemap: base }),
			...overlaySources(overlay),
		},
		layers: [
			...(paper ? [paper] : []),
			...baseLayers,
			...land.slice(0, over),
			...heatLayers(theme, overlay.heat),
			...land.slice(over, at),
			...draftLayers(theme),
			...("classes" in classes ? classLayers(theme, overlay.classes) : []),
			...mismatchLayers(theme),
			...referenceLayers(theme),
			...selectionLayers(theme),
			...land.slice(at),
			...pointLayers(theme),
			...reportLayers(theme, overlay.heaps !== null),
		],
	};
}
