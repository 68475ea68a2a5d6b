import type {
	ExpressionSpecification,
	FilterSpecification,
	GeoJSONSource,
	Map as GlMap,
	LayerSpecification,
	PointLike,
	SourceSpecification,
} from "maplibre-gl";
import type { Theme } from "../core/route";

interface Look {
	hot: string;
	accent: string;
	paper: string;
	ink: string;
	muted: string;
	onHot: string;
}

const LOOK: Record<Theme, Look> = {
	light: {
		hot: "#d4380d",
		accent: "#0b6e69",
		paper: "#ffffff",
		ink: "#1d2528",
		muted: "#5d676b",
		onHot: "#ffffff",
	},
	dark: {
		hot: "#ff7a45",
		accent: "#3fb5ab",
		paper: "#12171a",
		ink: "#e8ecec",
		muted: "#a0acaf",
		onHot: "#12171a",
	},
};

const FONT = [
	"PingFang SC",
	"Microsoft YaHei",
	"Source Han Sans SC",
	"Noto Sans CJK SC",
	"sans-serif",
];

/** Above this zoom each report is a dot of its own. */
const LAST_CLUSTER_ZOOM = 16;

/** What of the page's drawing is about reports. */
interface Reports {
	reports: GeoJSON.FeatureCollection;
	heaps: string | null;
	ringed: GeoJSON.FeatureCollection;
}

export function reportSources({
	reports,
	heaps,
	ringed,
}: Reports): Record<string, SourceSpecification> {
	return {
		reports: {
			type: "geojson",
			data: reports,
			cluster: true,
			clusterRadius: 36,
			clusterMaxZoom: LAST_CLUSTER_ZOOM,
			clusterProperties: { late: ["+", ["case", ["==", ["get", "mark"], "!"], 1, 0]] },
		},
		...(heaps === null
			? {}
			: { heaps: { type: "vector" as const, tiles: [heaps], minzoom: 4, maxzoom: 16 } }),
		ringed: { type: "geojson", data: ringed },
	};
}

const widths = (full: number, hollow: number) =>
	["match", ["get", "stage"], ["collected", "dispatched"], full, hollow] as [
		"match",
		["get", string],
		string[],
		number,
		number,
	];

/** What waits is hot and full, what is being done green and full, what is done a green ring, what is over grey. */
export function reportLayers(theme: Theme, heaped: boolean): LayerSpecification[] {
	const { hot, accent, paper, ink, muted, onHot } = LOOK[theme];
	const staged = (collected: string, dispatched: string, handled: string, over: string) =>
		[
			"match",
			["get", "stage"],
			"collected",
			collected,
			"dispatched",
			dispatched,
			"handled",
			handled,
			over,
		] as ["match", ["get", string], string, string, string, string, string, string, string];
	return [
		{
			id: "report-clusters",
			type: "circle",
			source: "reports",
			filter: ["has", "point_count"],
			paint: {
				"circle-radius": ["step", ["get", "point_count"], 13, 10, 16, 100, 20],
				"circle-color": paper,
				"circle-stroke-color": ["case", [">", ["get", "late"], 0], hot, accent],
				"circle-stroke-width": 2,
			},
		},
		{
			id: "report-counts",
			type: "symbol",
			source: "reports",
			filter: ["has", "point_count"],
			layout: {
				"text-field": [
					"concat",
					["get", "point_count_abbreviated"],
					["case", [">", ["get", "late"], 0], "!", ""],
				],
				"text-font": FONT,
				"text-size": 12,
				"text-allow-overlap": true,
				"text-ignore-placement": true,
			},
			paint: { "text-color": ink },
		},
		{
			id: "report-dots",
			type: "circle",
			source: "reports",
			filter: ["!", ["has", "point_count"]],
			paint: {
				"circle-radius": 7,
				"circle-color": staged(hot, accent, paper, paper),
				"circle-stroke-color": staged(paper, paper, accent, muted),
				"circle-stroke-width": widths(1.5, 2.5),
			},
		},
		{
			id: "report-marks",
			type: "symbol",
			source: "reports",
			filter: ["all", ["!", ["has", "point_count"]], ["!=", ["get", "mark"], ""]],
			layout: {
				"text-field": ["get", "mark"],
				"text-font": FONT,
				"text-size": 11,
				"text-allow-overlap": true,
				"text-ignore-placement": true,
			},
			paint: { "text-color": staged(onHot, onHot, ink, muted) },
		},
		...(heaped
			? heapLayers(
					LOOK[theme],
					staged(hot, accent, paper, paper),
					staged(paper, paper, accent, muted),
				)
			: []),
		{
			id: "report-ring",
			type: "circle",
			source: "ringed",
			paint: {
				"circle-radius": ["case", ["get", "open"], 13, 11],
				"circle-color": hot,
				"circle-opacity": ["case", ["get", "open"], 0.14, 0],
				"circle-stroke-color": hot,
				"circle-stroke-width": ["case", ["get", "open"], 3, 2],
			},
		},
	];
}

/** The same of what the server has heaped up. */
function heapLayers(
	{ hot, accent, paper, ink }: Look,
	inner: ExpressionSpecification,
	rim: ExpressionSpecification,
): LayerSpecification[] {
	const of = { source: "heaps", "source-layer": "report" };
	const many: FilterSpecification = [">", ["get", "count"], 1];
	return [
		{
			...of,
			id: "heap-clusters",
			type: "circle",
			filter: many,
			paint: {
				"circle-radius": ["step", ["get", "count"], 13, 10, 16, 100, 20, 1000, 24],
				"circle-color": paper,
				"circle-stroke-color": ["case", [">", ["get", "late"], 0], hot, accent],
				"circle-stroke-width": 2,
			},
		},
		{
			...of,
			id: "heap-counts",
			type: "symbol",
			filter: many,
			layout: {
				"text-field": [
					"concat",
					[
						"case",
						["<", ["get", "count"], 10000],
						["to-string", ["get", "count"]],
						["concat", ["to-string", ["round", ["/", ["get", "count"], 1000]]], "k"],
					],
					["case", [">", ["get", "late"], 0], "!", ""],
				],
				"text-font": FONT,
				"text-size": 12,
				"text-allow-overlap": true,
				"text-ignore-placement": true,
			},
			paint: { "text-color": ink },
		},
		{
			...of,
			id: "heap-dots",
			type: "circle",
			filter: ["==", ["get", "count"], 1],
			paint: {
				"circle-radius": 7,
				"circle-color": inner,
				"circle-stroke-color": ["case", [">", ["get", "late"], 0], hot, rim],
				"circle-stroke-width": widths(1.5, 2.5),
			},
		},
	];
}

export type ReportHit =
	| { kind: "report"; id: number }
	/** `id`: of the map's own cluster; null: the server has heaped it up. */
	| { kind: "cluster"; id: number | null; at: [number, number] };

/** The report or the cluster of reports that lies there. */
export function reportAt(map: GlMap, { x, y }: { x: number; y: number }): ReportHit | null {
	if (!map.getLayer("report-dots")) return null;
	const around: [PointLike, PointLike] = [
		[x - 4, y - 4],
		[x + 4, y + 4],
	];
	const layers = ["report-dots", "report-clusters", "heap-dots", "heap-clusters"];
	const [found] = map.queryRenderedFeatures(around, {
		layers: layers.filter((layer) => map.getLayer(layer)),
	});
	if (found?.geometry.type !== "Point") return null;
	const [lon = 0, lat = 0] = found.geometry.coordinates;
	if (found.source === "heaps") {
		if (found.properties.count > 1) return { kind: "cluster", id: null, at: [lon, lat] };
		return typeof found.id === "number" ? { kind: "report", id: found.id } : null;
	}
	const { id, cluster_id } = found.properties;
	if (typeof cluster_id === "number") return { kind: "cluster", id: cluster_id, at: [lon, lat] };
	return typeof id === "number" ? { kind: "report", id } : null;
}

/** Goes as close as is needed for a cluster to fall apart. */
export async function openCluster(
	map: GlMap,
	{ id, at }: { id: number | null; at: [number, number] },
	animate: boolean,
): Promise<void> {
	const source = map.getSource<GeoJSONSource>("reports");
	const apart = id === null ? null : await source?.getClusterExpansionZoom(id).catch(() => null);
	const zoom = id === null ? map.getZoom() + 2 : apart != null ? apart + 0.3 : null;
	if (zoom != null) map.easeTo({ center: at, zoom, animate, duration: 500 });
}
