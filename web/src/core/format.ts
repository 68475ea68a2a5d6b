/** A code in the groups that people read aloud: 450305 002 007 003, 450300 W001. Codes of another shape stay whole. */
export function groupCode(code: string): string {
	if (/^\d{6}(\d{3}){0,3}$/.test(code)) {
		return [code.slice(0, 6), ...(code.slice(6).match(/\d{3}/g) ?? [])].join(" ");
	}
	return code.replace(/^(\d{6})(W\d+)$/, "$1 $2");
}

export interface Quantity {
	value: string;
	unit: string;
}

const rounded = (value: number, digits: number) =>
	value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Square metres up to a hundredth of a square kilometre, then km² with three figures or so. */
export function area(m2: number): Quantity {
	if (m2 < 10_000) return { value: rounded(m2, 0), unit: "m²" };
	const km2 = m2 / 1e6;
	return { value: rounded(km2, km2 < 10 ? 2 : km2 < 100 ? 1 : 0), unit: "km²" };
}

export function distance(metres: number): string {
	if (metres < 10) return `${metres.toFixed(2)} m`;
	if (metres < 1000) return `${metres.toFixed(0)} m`;
	return `${(metres / 1000).toFixed(metres < 10_000 ? 2 : 1)} km`;
}

export function percent(share: number): string {
	return `${(share * 100).toFixed(1)} %`;
}

export function count(value: number): string {
	return rounded(value, 0);
}

/** Longitude, latitude with five digits: about a metre. */
export function lonLat(position: readonly [number, number]): string {
	return `${position[0].toFixed(5)}, ${position[1].toFixed(5)}`;
}

/** As exact as it is held: the 1e-7 degree lattice. */
export function lonLatExact(position: readonly [number, number]): string {
	return `${position[0].toFixed(7)}, ${position[1].toFixed(7)}`;
}

/** The time of day of a moment, to the second; with the date when it is another day than `now`. */
export function clock(iso: string, now: Date): string {
	const at = new Date(iso);
	if (at.toDateString() !== now.toDateString()) return moment(iso);
	return [at.getHours(), at.getMinutes(), at.getSeconds()]
		.map((value) => String(value).padStart(2, "0"))
		.join(":");
}

/** A moment in the reader's own time zone, to the minute. */
export function moment(iso: string): string {
	const at = new Date(iso);
	if (Number.isNaN(at.getTime())) return iso;
	const two = (value: number) => String(value).padStart(2, "0");
	const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
	return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
