import { type CrsId, isCrs } from "./crs";
import { type Figures, readFigures, START_FIGURES, writeFigures } from "./figures";
import { ORDERS, type Order } from "./order";
import { type Queue, readQueue, START_QUEUE, writeQueue } from "./queue";

export const SCREENS = [
	"map",
	"lookup",
	"edit",
	"review",
	"overlap",
	"reports",
	"history",
	"report",
] as const;
export type Screen = (typeof SCREENS)[number];

export const LAYERS = ["land", "water", "police"] as const;
export type Layer = (typeof LAYERS)[number];

export type Lang = "zh" | "en";
export type Theme = "light" | "dark";

export interface View {
	lon: number;
	lat: number;
	zoom: number;
}

export interface UnitKey {
	layer: Layer;
	code: string;
}

/** All that a link carries. `null` means: as this reader's machine has it. */
export interface Route {
	screen: Screen;
	view: View | null;
	unit: UnitKey | null;
	layers: readonly Layer[];
	/** Reference lines are shown. */
	lines: boolean;
	lang: Lang | null;
	theme: Theme | null;
	/** What was pasted on the lookup screen. */
	text: string;
	crs: CrsId | null;
	accuracy: number | null;
	/** The kind of report that the position is asked for. */
	category: string | null;
	/** The draft that is drawn on or reviewed. */
	draft: number | null;
	/** The two revisions that are compared. */
	revisions: readonly [number, number] | null;
	/** The map as of this moment; null: now. */
	at: string | null;
	/** The code of the county or station whose overlap is looked at; null: the whole city. */
	scope: string | null;
	/** Pieces narrower than so many metres are left out there. */
	sliver: number;
	/** The piece that is looked at: its grid and police grid, `a~b`. */
	piece: string | null;
	/** How its pieces are listed. */
	sort: Order;
	/** Suggestions of one kind; null: of all. */
	kind: Kind | null;
	/** Codes of police grids that suggestions leave as they are. */
	locked: readonly string[];
	/** Which reports are listed. */
	queue: Queue;
	/** The report that is open, by its id. */
	report: number | null;
	/** The queue of reports, or what they add up to. */
	tab: Tab;
	figures: Figures;
}

export const TABS = ["queue", "figures"] as const;
export type Tab = (typeof TABS)[number];

/** The kinds of suggestions. */
export const KINDS = ["align", "rebuild", "snap", "split"] as const;
export type Kind = (typeof KINDS)[number];

/** The widest piece, in metres, that may be left out as a sliver. */
export const MOST_SLIVER = 30;

export const START: Route = {
	screen: "map",
	view: null,
	unit: null,
	layers: ["land", "water"],
	lines: false,
	lang: null,
	theme: null,
	text: "",
	crs: null,
	accuracy: null,
	category: null,
	draft: null,
	revisions: null,
	at: null,
	scope: null,
	sliver: 5,
	piece: null,
	sort: "area",
	kind: null,
	locked: [],
	queue: START_QUEUE,
	report: null,
	tab: "queue",
	figures: START_FIGURES,
};

function oneOf<T extends string>(all: readonly T[], text: string | null): T | null {
	return all.find((one) => one === text) ?? null;
}

function readView(text: string | null): View | null {
	const [zoom, lon, lat] = (text ?? "").split("/").map(Number);
	if (zoom === undefined || lon === undefined || lat === undefined) return null;
	const fits = Math.abs(lon) <= 180 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 22;
	return fits ? { zoom, lon, lat } : null;
}

function readUnit(text: string | null): UnitKey | null {
	const [head = "", ...rest] = (text ?? "").split(":");
	const layer = oneOf(LAYERS, head);
	const code = rest.join(":");
	return layer !== null && code !== "" ? { layer, code } : null;
}

function readAccuracy(text: string | null): number | null {
	const metres = Number(text ?? "");
	return metres > 0 && Number.isFinite(metres) ? metres : null;
}

function readNumber(text: string | null): number | null {
	return /^[1-9]\d{0,14}$/.test(text ?? "") ? Number(text) : null;
}

function readRevisions(text: string | null): readonly [number, number] | null {
	const [from = null, to = null] = (text ?? "").split("-").map(readNumber);
	return from !== null && to !== null ? [from, to] : null;
}

function readSliver(text: string | null): number {
	return /^\d{1,2}$/.test(text ?? "") ? Math.min(MOST_SLIVER, Number(text)) : START.sliver;
}

/** A moment as the server takes it. */
function readMoment(text: string | null): string | null {
	const shaped = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(text ?? "");
	return shaped && !Number.isNaN(Date.parse(text ?? "")) ? text : null;
}

/** Reads what stands after `#`. Anything that cannot be understood is left at its start value. */
export function readRoute(hash: string): Route {
	const [head = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
	const params = new URLSearchParams(query);
	const crs = params.get("crs") ?? "";
	const layers = params.get("layers");
	return {
		screen: oneOf(SCREENS, head) ?? "map",
		view: readView(params.get("view")),
		unit: readUnit(params.get("unit")),
		layers: layers === null ? START.layers : LAYERS.filter((l) => layers.split(",").includes(l)),
		lines: params.get("lines") === "1",
		lang: oneOf(["zh", "en"], params.get("lang")),
		theme: oneOf(["light", "dark"], params.get("theme")),
		text: params.get("q") ?? "",
		crs: isCrs(crs) ? crs : null,
		accuracy: readAccuracy(params.get("accuracy")),
		category: params.get("category"),
		draft: readNumber(params.get("draft")),
		revisions: readRevisions(params.get("revisions")),
		at: readMoment(params.get("at")),
		scope: params.get("scope"),
		sliver: readSliver(params.get("sliver")),
		piece: params.get("piece"),
		sort: oneOf(ORDERS, params.get("sort")) ?? START.sort,
		kind: oneOf(KINDS, params.get("kind")),
		locked: params.get("locked")?.split(",").filter(Boolean) ?? [],
		queue: readQueue(params),
		report: readNumber(params.get("report")),
		tab: oneOf(TABS, params.get("tab")) ?? START.tab,
		figures: readFigures(params),
	};
}

/** The inverse of `readRoute`; leaves out what has its start value. Behind `#`, so positions and names never reach a server's log. */
export function writeRoute(route: Route): string {
	const params: [string, string][] = [];
	const { view, unit } = route;
	if (view) {
		params.push(["view", `${view.zoom.toFixed(2)}/${view.lon.toFixed(5)}/${view.lat.toFixed(5)}`]);
	}
	if (unit) params.push(["unit", `${unit.layer}:${unit.code}`]);
	const layers = route.layers.join(",");
	if (layers !== START.layers.join(",")) params.push(["layers", layers]);
	if (route.lines) params.push(["lines", "1"]);
	if (route.text !== "") params.push(["q", route.text]);
	if (route.crs) params.push(["crs", route.crs]);
	if (route.accuracy) params.push(["accuracy", String(Math.round(route.accuracy))]);
	if (route.category) params.push(["category", route.category]);
	if (route.draft) params.push(["draft", String(route.draft)]);
	if (route.revisions) params.push(["revisions", route.revisions.join("-")]);
	if (route.at) params.push(["at", route.at]);
	if (route.scope) params.push(["scope", route.scope]);
	if (route.sliver !== START.sliver) params.push(["sliver", String(route.sliver)]);
	if (route.piece) params.push(["piece", route.piece]);
	if (route.sort !== START.sort) params.push(["sort", route.sort]);
	if (route.kind) params.push(["kind", route.kind]);
	if (route.locked.length > 0) params.push(["locked", route.locked.join(",")]);
	params.push(...writeQueue(route.queue));
	if (route.report) params.push(["report", String(route.report)]);
	if (route.tab !== START.tab) params.push(["tab", route.tab]);
	params.push(...writeFigures(route.figures));
	if (route.lang) params.push(["lang", route.lang]);
	if (route.theme) params.push(["theme", route.theme]);
	const query = params.map(([key, value]) => `${key}=${escaped(value)}`).join("&");
	return `#/${route.screen}${query === "" ? "" : `?${query}`}`;
}

/** Percent-encoding that leaves a link readable. */
function escaped(value: string): string {
	return encodeURIComponent(value).replace(/%(2C|2F|3A)/g, (mark) => decodeURIComponent(mark));
}
