import { type LonLat, ringsOf } from "./sketch";

type Box = [number, number, number, number];

/** What is wrong with a draft or with what is in hand, as far as the list of issues needs it. */
export interface Wrong {
	at?: readonly number[] | null;
	geometry?: unknown;
}

/** So wide is the box around a mere place, in degrees: about a hundred metres to each side. */
const AROUND = 0.001;

const isArea = (geometry: unknown): geometry is GeoJSON.Polygon | GeoJSON.MultiPolygon =>
	typeof geometry === "object" &&
	geometry !== null &&
	"type" in geometry &&
	(geometry.type === "Polygon" || geometry.type === "MultiPolygon");

/** Where to look for it: around its ground, or its place; null when it is among rows only. */
export function boxAround({ at, geometry }: Wrong): Box | null {
	const places: LonLat[] = isArea(geometry) ? ringsOf(geometry).flat() : [];
	const [lon, lat] = at ?? [];
	if (places.length === 0 && lon !== undefined && lat !== undefined) places.push([lon, lat]);
	if (places.length === 0) return null;
	const easts = places.map(([east]) => east);
	const norths = places.map(([, north]) => north);
	const low = (all: number[]) => all.reduce((a, b) => Math.min(a, b));
	const high = (all: number[]) => all.reduce((a, b) => Math.max(a, b));
	return [low(easts) - AROUND, low(norths) - AROUND, high(easts) + AROUND, high(norths) + AROUND];
}
