import { held, type LonLat, same } from "./sketch";

/** Lines that a path may follow, joined where they share a place. */
export interface Net {
	places: LonLat[];
	/** For each place the places next to it. */
	beside: number[][];
	/** The segments, as pairs of places. */
	segments: [number, number][];
}

export function netOf(lines: readonly (readonly LonLat[])[]): Net {
	const net: Net = { places: [], beside: [], segments: [] };
	const known = new Map<string, number>();
	const index = (place: LonLat) => {
		const key = `${Math.round(place[0] * 1e7)} ${Math.round(place[1] * 1e7)}`;
		const at = known.get(key);
		if (at !== undefined) return at;
		known.set(key, net.places.length);
		net.beside.push([]);
		return net.places.push(place) - 1;
	};
	for (const line of lines) {
		line.forEach((place, i) => {
			const before = line[i - 1];
			if (!before) return;
			const [a, b] = [index(before), index(place)];
			if (a === b) return;
			net.segments.push([a, b]);
			net.beside[a]?.push(b);
			net.beside[b]?.push(a);
		});
	}
	return net;
}

const stretch = (lat: number) => 1 / Math.cos((lat * Math.PI) / 180);
const far = (a: LonLat, b: LonLat) =>
	Math.hypot(a[0] - b[0], (a[1] - b[1]) * stretch((a[1] + b[1]) / 2));

interface Foot {
	at: LonLat;
	segment: [number, number];
	distance: number;
}

/** The feet of a place on the segments within reach. */
function feet(net: Net, [lon, lat]: LonLat, reach: number): Foot[] {
	const k = stretch(lat);
	const found: Foot[] = [];
	for (const segment of net.segments) {
		const [a, b] = [net.places[segment[0]], net.places[segment[1]]];
		if (!a || !b) continue;
		if (Math.min(a[0], b[0]) - reach > lon || Math.max(a[0], b[0]) + reach < lon) continue;
		const [dx, dy] = [b[0] - a[0], (b[1] - a[1]) * k];
		const long = dx * dx + dy * dy;
		const t = long === 0 ? 0 : ((lon - a[0]) * dx + (lat - a[1]) * k * dy) / long;
		const on = Math.max(0, Math.min(1, t));
		const at: LonLat = [a[0] + (b[0] - a[0]) * on, a[1] + (b[1] - a[1]) * on];
		const distance = Math.hypot(at[0] - lon, (at[1] - lat) * k);
		if (distance <= reach) found.push({ at, segment, distance });
	}
	return found.sort((p, q) => p.distance - q.distance).slice(0, 8);
}

/** A step aside to get onto a line counts this much: a line at hand goes before a shorter one further off. */
const ASIDE = 3;

/** The shortest ways from some places of a net to all others, with the place before each. */
function spread(net: Net, from: ReadonlyMap<number, number>) {
	const cost = new Map(from);
	const before = new Map<number, number>();
	const done = new Set<number>();
	const open: [number, number][] = [...from].map(([place, c]) => [c, place]);
	open.sort((a, b) => b[0] - a[0]);
	while (open.length > 0) {
		const [reached = 0, place = 0] = open.pop() ?? [];
		if (done.has(place)) continue;
		done.add(place);
		for (const next of net.beside[place] ?? []) {
			const [a, b] = [net.places[place], net.places[next]];
			if (!a || !b) continue;
			const total = reached + far(a, b);
			if (total >= (cost.get(next) ?? Number.POSITIVE_INFINITY)) continue;
			cost.set(next, total);
			before.set(next, place);
			let at = open.length;
			while (at > 0 && (open[at - 1]?.[0] ?? 0) < total) at -= 1;
			open.splice(at, 0, [total, next]);
		}
	}
	return { cost, before };
}

/**
 * The places between two others along a net: from where the first stands beside it to where the second does, the
 * shortest way. Null when one of them is not within reach of it, or no way leads from one to the other.
 */
export function traced(net: Net, from: LonLat, to: LonLat, reach: number): LonLat[] | null {
	const [starts, ends] = [feet(net, from, reach), feet(net, to, reach)];
	if (starts.length === 0 || ends.length === 0) return null;
	const first = new Map<number, number>();
	const entry = new Map<number, Foot>();
	for (const foot of starts) {
		for (const place of foot.segment) {
			const at = net.places[place];
			if (!at) continue;
			const cost = foot.distance * ASIDE + far(foot.at, at);
			if (cost < (first.get(place) ?? Number.POSITIVE_INFINITY)) {
				first.set(place, cost);
				entry.set(place, foot);
			}
		}
	}
	const { cost, before } = spread(net, first);
	let best: { total: number; way: LonLat[] } | null = null;
	const offer = (total: number, way: () => LonLat[]) => {
		if (!best || total < best.total) best = { total, way: way() };
	};
	for (const end of ends) {
		for (const start of starts) {
			if (start.segment !== end.segment) continue;
			const aside = (start.distance + end.distance) * ASIDE;
			offer(aside + far(start.at, end.at), () => [start.at, end.at]);
		}
		for (const place of end.segment) {
			const [reached, at] = [cost.get(place), net.places[place]];
			if (reached === undefined || !at) continue;
			offer(reached + far(at, end.at) + end.distance * ASIDE, () => {
				const way: LonLat[] = [end.at];
				let here: number | undefined = place;
				let last = place;
				while (here !== undefined) {
					const step = net.places[here];
					if (step) way.push(step);
					last = here;
					here = before.get(here);
				}
				const foot = entry.get(last);
				if (foot) way.push(foot.at);
				return way.reverse();
			});
		}
	}
	const found = best as { way: LonLat[] } | null;
	return found?.way.map(held).filter((p) => !same(p, from) && !same(p, to)) ?? null;
}
