/** The coordinate systems that a position may be given in; the server does the arithmetic. */
export const CRS_IDS = [
	"wgs84",
	"cgcs2000",
	"gcj02",
	"bd09",
	"4546",
	"4525",
	"4508",
	"4497",
	"3857",
] as const;

export type CrsId = (typeof CRS_IDS)[number];
export type Form = "geographic" | "projected";

export function isCrs(text: string): text is CrsId {
	return (CRS_IDS as readonly string[]).includes(text);
}

/** Degrees for the first four, metres for the rest. */
export function formOf(crs: CrsId): Form {
	switch (crs) {
		case "wgs84":
		case "cgcs2000":
		case "gcj02":
		case "bd09":
			return "geographic";
		case "4546":
		case "4525":
		case "4508":
		case "4497":
		case "3857":
			return "projected";
		default:
			return crs satisfies never;
	}
}

const between = (value: number, low: number, high: number) => value >= low && value < high;

/**
 * The systems that numbers of this size can belong to, when their owner has not said which.
 * Degrees can be any of three; the easting's zone prefix tells most projected ones apart.
 * `wgs84` is left out because it is taken as equal to `cgcs2000`.
 */
export function plausible(east: number, form: Form): CrsId[] {
	if (form === "geographic") return ["cgcs2000", "gcj02", "bd09"];
	if (between(east, 0, 1_000_000)) return ["4546", "4508"];
	if (between(east, 8_000_000, 15_100_000)) return ["3857"];
	if (between(east, 19_000_000, 20_000_000)) return ["4497"];
	if (between(east, 37_000_000, 38_000_000)) return ["4525"];
	return ["4546", "4525", "4508", "4497", "3857"];
}
