/** Longitude and latitude in degrees. */
export type LonLat = [number, number];

/** A run of border with one unit (by id) on each side, or none. */
export interface Border {
	path: LonLat[];
	left: number | null;
	right: number | null;
	/** The edge of all ground. */
	outer: boolean;
}

export type SnapKind = "node" | "vertex" | "crossing" | "border" | "reference";

/** A place on a border that the pointer is drawn to. */
export interface Snap {
	kind: SnapKind;
	at: LonLat;
	/** Null for a place on a reference line. */
	border: Border | null;
}

/** As exact as positions are held: seven decimals. */
export const held = ([lon, lat]: LonLat): LonLat => [
	Math.round(lon * 1e7) / 1e7,
	Math.round(lat * 1e7) / 1e7,
];

const key = ([lon, lat]: LonLat) => `${Math.round(lon * 1e7)} ${Math.round(lat * 1e7)}`;
export const same = (a: LonLat, b: LonLat) => key(a) === key(b);

/** How much longer a degree of latitude is drawn than one of longitude, in Web Mercator. */
const stretch = (lat: number) => 1 / Math.cos((lat * Math.PI) / 180);

/** Degrees of longitude per pixel. */
export const degreesPerPixel = (zoom: number) => 360 / (512 * 2 ** zoom);

/** Where two segments cross; null where they do not. */
export function crossing(a: LonLat, b: LonLat, c: LonLat, d: LonLat): LonLat | null {
	const [rx, ry, sx, sy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
	const cross = rx * sy - ry * sx;
	if (cross === 0) return null;
	const t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / cross;
	const u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / cross;
	return t < 0 || t > 1 || u < 0 || u > 1 ? null : [a[0] + rx * t, a[1] + ry * t];
}

interface Foot {
	at: LonLat;
	distance: number;
}

/** The nearest place of a segment, and how far it is in degrees of longitude as the map draws them. */
function foot([lon, lat]: LonLat, a: LonLat, b: LonLat): Foot {
	const k = stretch(lat);
	const [dx, dy] = [b[0] - a[0], (b[1] - a[1]) * k];
	const long = dx * dx + dy * dy;
	const t = long === 0 ? 0 : ((lon - a[0]) * dx + (lat - a[1]) * k * dy) / long;
	const on = Math.max(0, Math.min(1, t));
	const at: LonLat = [a[0] + (b[0] - a[0]) * on, a[1] + (b[1] - a[1]) * on];
	return { at, distance: Math.hypot(at[0] - lon, (at[1] - lat) * k) };
}

/** The places where three borders or more end. */
export function nodesOf(borders: readonly Border[]): Set<string> {
	const ends = new Map<string, number>();
	for (const { path } of borders) {
		for (const end of [path[0], path.at(-1)]) {
			if (end) ends.set(key(end), (ends.get(key(end)) ?? 0) + 1);
		}
	}
	return new Set([...ends].filter(([, count]) => count > 2).map(([place]) => place));
}

const RANK: Record<SnapKind, number> = { node: 0, vertex: 1, crossing: 2, border: 3, reference: 4 };

/** The segments of some lines that pass within reach of a place. */
function segmentsNear<T>(
	pointer: LonLat,
	lines: readonly { path: readonly LonLat[]; of: T }[],
	reach: number,
): { a: LonLat; b: LonLat; on: Foot; of: T }[] {
	return lines.flatMap(({ path, of }) =>
		path.flatMap((a, i) => {
			const b = path[i + 1];
			if (!b) return [];
			const on = foot(pointer, a, b);
			return on.distance <= reach ? [{ a, b, on, of }] : [];
		}),
	);
}

/**
 * What the pointer snaps to within `reach` degrees: a node before a vertex before the place where a reference line
 * crosses a border before a border before a reference line; the nearest of its kind. Whoever follows a line wants the
 * crossing before all else: from a vertex beside it the path would cross the border a second time.
 */
export function snapTo(
	pointer: LonLat,
	borders: readonly Border[],
	nodes: ReadonlySet<string>,
	reach: number,
	guides: readonly (readonly LonLat[])[] = [],
	follows = false,
): Snap | null {
	let best: { snap: Snap; distance: number } | null = null;
	const rankOf = ({ kind }: Snap) => (follows && kind === "crossing" ? -1 : RANK[kind]);
	const offer = (snap: Snap, distance: number) => {
		if (distance > reach) return;
		const rank = best ? rankOf(snap) - rankOf(best.snap) : -1;
		if (!best || rank < 0 || (rank === 0 && distance < best.distance)) best = { snap, distance };
	};
	const k = stretch(pointer[1]);
	for (const border of borders) {
		for (const at of border.path) {
			const distance = Math.hypot(at[0] - pointer[0], (at[1] - pointer[1]) * k);
			const kind = nodes.has(key(at)) ? "node" : "vertex";
			offer({ kind, at, border }, distance);
		}
	}
	const ours = borders.map((border) => ({ path: border.path, of: border }));
	const beside = segmentsNear(pointer, ours, reach);
	for (const { on, of } of beside)
		offer({ kind: "border", at: held(on.at), border: of }, on.distance);
	const lines = guides.map((path) => ({ path, of: null }));
	for (const guide of segmentsNear(pointer, lines, reach)) {
		offer({ kind: "reference", at: held(guide.on.at), border: null }, guide.on.distance);
		for (const { a, b, of } of beside) {
			const at = crossing(a, b, guide.a, guide.b);
			if (!at) continue;
			const distance = Math.hypot(at[0] - pointer[0], (at[1] - pointer[1]) * k);
			offer({ kind: "crossing", at: held(at), border: of }, distance);
		}
	}
	return (best as { snap: Snap } | null)?.snap ?? null;
}

/** The place of a border that is nearest, with its segment. */
export function nearest(pointer: LonLat, border: Border): { at: LonLat; segment: number } {
	let best: { at: LonLat; segment: number; distance: number } | null = null;
	border.path.forEach((a, segment) => {
		const b = border.path[segment + 1];
		if (!b) return;
		const on = foot(pointer, a, b);
		if (!best || on.distance < best.distance) best = { ...on, segment };
	});
	return best ?? { at: border.path[0] ?? pointer, segment: 0 };
}

/** The unit on whose side of a border a place lies, and the one on the other. */
export function sidesFrom(
	place: LonLat,
	border: Border,
): { here: number | null; there: number | null } {
	const { segment } = nearest(place, border);
	const a = border.path[segment] ?? place;
	const b = border.path[segment + 1] ?? place;
	const turn = (b[0] - a[0]) * (place[1] - a[1]) - (b[1] - a[1]) * (place[0] - a[0]);
	return turn > 0
		? { here: border.left, there: border.right }
		: { here: border.right, there: border.left };
}

/** The unit that holds a place: what the first border to the north has on its south. Null where none is near. */
export function unitAt([lon, lat]: LonLat, borders: readonly Border[]): number | null {
	let lowest = Number.POSITIVE_INFINITY;
	let unit: number | null = null;
	for (const { path, left, right } of borders) {
		for (let i = 0; i + 1 < path.length; i += 1) {
			const [a, b] = [path[i], path[i + 1]];
			if (!a || !b || a[0] <= lon === b[0] <= lon) continue;
			const crossing = a[1] + ((b[1] - a[1]) * (lon - a[0])) / (b[0] - a[0]);
			if (crossing <= lat || crossing >= lowest) continue;
			lowest = crossing;
			unit = b[0] > a[0] ? right : left;
		}
	}
	return unit;
}

export const touching = (border: Border, unit: number) =>
	border.left === unit || border.right === unit;

/** A path without repeated places, as exact as positions are held. */
export function tidy(path: readonly LonLat[]): LonLat[] {
	const out: LonLat[] = [];
	for (const place of path.map(held)) {
		const last = out.at(-1);
		if (!last || !same(last, place)) out.push(place);
	}
	return out;
}

/** Whether a place lies on a border, as the server would find it: within the rounding of positions. */
export function isOn(place: LonLat, border: Border): boolean {
	const { at } = nearest(place, border);
	return Math.abs(at[0] - place[0]) < 1.5e-7 && Math.abs(at[1] - place[1]) < 1.5e-7;
}

/** The path led on to the border where it began, by the shortest way, unless it ends there already. */
export function closedOn(path: readonly LonLat[], border: Border): LonLat[] {
	const last = path.at(-1);
	if (!last || path.length < 2 || isOn(last, border)) return tidy(path);
	return tidy([...path, held(nearest(last, border).at)]);
}

/** Leaves out of a line drawn by hand what does not bend it by more than `least` degrees. */
export function thinned(path: readonly LonLat[], least: number): LonLat[] {
	const [first, last] = [path[0], path.at(-1)];
	if (!first || !last || path.length < 3) return [...path];
	let far = 0;
	let at = 0;
	path.slice(1, -1).forEach((place, i) => {
		const { distance } = foot(place, first, last);
		if (distance > far) {
			far = distance;
			at = i + 1;
		}
	});
	if (far <= least) return [first, last];
	const head = thinned(path.slice(0, at + 1), least);
	return [...head.slice(0, -1), ...thinned(path.slice(at), least)];
}

type Rings = GeoJSON.Polygon | GeoJSON.MultiPolygon;

export function ringsOf(geometry: Rings | null): LonLat[][] {
	if (!geometry) return [];
	const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
	return polygons.flat() as LonLat[][];
}

/** The segments of the one set of outlines that are not in the other, joined to runs. */
export function runsBeside(these: readonly LonLat[][], those: readonly LonLat[][]): LonLat[][] {
	const segment = (a: LonLat, b: LonLat) => [key(a), key(b)].sort().join(",");
	const known = new Set<string>();
	for (const ring of those) {
		ring.forEach((a, i) => {
			const b = ring[i + 1];
			if (b) known.add(segment(a, b));
		});
	}
	const runs: LonLat[][] = [];
	for (const ring of these) {
		let run: LonLat[] = [];
		ring.forEach((a, i) => {
			const b = ring[i + 1];
			if (!b || known.has(segment(a, b))) {
				if (run.length > 1) runs.push(run);
				run = [];
				return;
			}
			known.add(segment(a, b));
			run = run.length === 0 ? [a, b] : [...run, b];
		});
		if (run.length > 1) runs.push(run);
	}
	return runs;
}
