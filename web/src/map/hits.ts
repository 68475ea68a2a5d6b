import type { Map as GlMap, MapGeoJSONFeature, PointLike } from "maplibre-gl";
import type { Hit } from "../core/hit";
import type { Layer } from "../core/route";

const LAYER_OF: Record<string, Layer> = {
	county: "land",
	township: "land",
	village: "land",
	grid: "land",
	water: "water",
	station: "police",
	police: "police",
};

/** Lowest first: what a click means where several lie over each other. */
const ORDER = ["police", "station", "water", "grid", "village", "township", "county"];

/** From which zoom a level's own borders are drawn, so that a click chooses what the eye sees. */
const SEEN_FROM: Record<string, number> = { county: 0, township: 8, village: 9.5, grid: 11 };

function hitOf(feature: MapGeoJSONFeature): Hit | null {
	const level = feature.sourceLayer ?? "";
	const layer = LAYER_OF[level];
	const { code, name } = feature.properties;
	if (layer === undefined || code === undefined || typeof feature.id !== "number") return null;
	return { key: { layer, code: String(code) }, level, id: feature.id, name: String(name ?? code) };
}

/** Everything at a place on the screen, the most particular first; a unit once. */
export function hitsAt(map: GlMap, at: PointLike): Hit[] {
	const layers = ORDER.map((level) => `${level}-hover`).filter((id) => map.getLayer(id));
	const found = new Map<string, Hit>();
	for (const feature of map.queryRenderedFeatures(at, { layers })) {
		const hit = hitOf(feature);
		if (hit) found.set(`${hit.level} ${hit.key.code}`, hit);
	}
	return [...found.values()].sort((a, b) => ORDER.indexOf(a.level) - ORDER.indexOf(b.level));
}

/** The line of the table whose dot lies there. */
export function lineAt(map: GlMap, at: { x: number; y: number }): number | null {
	if (!map.getLayer("points")) return null;
	const { x, y } = at;
	const around: [PointLike, PointLike] = [
		[x - 5, y - 5],
		[x + 5, y + 5],
	];
	const line: unknown = map.queryRenderedFeatures(around, { layers: ["points"] })[0]?.properties
		.line;
	return typeof line === "number" ? line : null;
}

/** The key of the mismatch that lies there. */
export function pieceAt(map: GlMap, at: PointLike): string | null {
	if (!map.getLayer("mismatch-fill")) return null;
	const found = map.queryRenderedFeatures(at, { layers: ["mismatch-fill"] })[0];
	const key: unknown = found?.properties.key;
	return typeof key === "string" ? key : null;
}

const MOST_NAMES = 24;

/** The names written on the map, counties first: what the map shows, for those who do not see it. */
export function namesOn(map: GlMap): string[] {
	const labels = ["county-label", "township-label", "village-label", "grid-label", "station-label"];
	const layers = labels.filter((id) => map.getLayer(id));
	const found = map.queryRenderedFeatures({ layers });
	const inOrder = layers.flatMap((id) => found.filter((feature) => feature.layer.id === id));
	const names = new Set(inOrder.map((feature) => String(feature.properties.name)));
	return [...names].slice(0, MOST_NAMES);
}

/** The one that a click there chooses. */
export function chosen(hits: readonly Hit[], zoom: number): Hit | null {
	return hits.find((hit) => zoom >= (SEEN_FROM[hit.level] ?? 0)) ?? hits.at(-1) ?? null;
}
