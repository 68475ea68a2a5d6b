import { type CrsId, formOf } from "../core/crs";
import { get, post } from "./client";
import type { Category, Listing, Located, Position, Row } from "./shapes";

/** The server refuses a wider circle than this. */
export const MAX_ACCURACY_M = 2000;
const BATCH = 10_000;

/** `at`: as of which moment; now, when null. */
export function locate(
	position: Position,
	signal: AbortSignal,
	at: string | null = null,
): Promise<Located> {
	const { east, north, crs, accuracy, category } = position;
	const where = formOf(crs) === "geographic" ? { lon: east, lat: north } : { x: east, y: north };
	const accuracy_m = accuracy === null ? null : Math.min(accuracy, MAX_ACCURACY_M);
	return get<Located>("/api/v1/locate", { ...where, crs, accuracy_m, category, at }, signal);
}

/** Any number of points, in requests of at most 10,000; the rows come in the order asked. */
export async function locateMany(
	crs: CrsId,
	category: string | null,
	points: readonly (readonly [number, number])[],
	signal: AbortSignal,
	progress: (done: number) => void,
): Promise<Row[]> {
	const rows: Row[] = [];
	for (let start = 0; start < points.length; start += BATCH) {
		const body = { crs, category, points: points.slice(start, start + BATCH) };
		const answer = await post<{ results: Row[] }>("/api/v1/locate", body, signal);
		rows.push(...answer.results);
		progress(rows.length);
	}
	return rows;
}

export function categories(signal: AbortSignal): Promise<Listing<Category>> {
	return get("/api/v1/categories", {}, signal);
}
