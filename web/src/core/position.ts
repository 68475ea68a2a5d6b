import type { Form } from "./crs";

/** Two numbers in the order east, north, as read from one line of what was pasted. */
export interface Pair {
	kind: "pair";
	line: number;
	raw: string;
	/** Longitude in degrees, or easting in metres. */
	east: number;
	/** Latitude in degrees, or northing in metres. */
	north: number;
	form: Form;
	/** The line named the northern value first and it was turned round. */
	swapped: boolean;
	/** What stood on the line beside the numbers. */
	label: string;
}

export type Fault = "no_numbers" | "one_number" | "too_many" | "out_of_range" | "two_of_a_kind";

/** A line that is not a position, and why. */
export interface Unread {
	kind: "unread";
	line: number;
	raw: string;
	fault: Fault;
}

export type Line = Pair | Unread;

type Axis = "east" | "north";
interface Angle {
	value: number;
	axis: Axis | null;
}

const ANGLE = /(-?\d+(?:\.\d+)?)\s*°\s*(?:(\d+(?:\.\d+)?)\s*′\s*(?:(\d+(?:\.\d+)?)\s*″)?)?/.source;
const MARKED_BEFORE = new RegExp(`([EWNS]|东经|西经|北纬|南纬)\\s*:?\\s*${ANGLE}`, "gi");
const MARKED_AFTER = new RegExp(`()${ANGLE}\\s*([EWNS](?![A-Za-z]))?`, "gi");
const LETTERED =
	/(?:(东经|西经|北纬|南纬|\b[EWNS])\s*:?\s*(\d+(?:\.\d+)?)(?![\d°]))|(?:(\d+(?:\.\d+)?)\s*([EWNS])\b)/gi;
const NUMBER = /^[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?$/i;

/** Full-width digits and signs, and the many ways to write degrees, become one way each. */
function plain(raw: string): string {
	return raw
		.normalize("NFKC")
		.replace(/[ºo˚](?=\s*\d)|[度゜]/g, "°")
		.replace(/''|′′|[″”“"秒]/g, "″")
		.replace(/[′’‘'`分]/g, "′")
		.replace(/[−–]/g, "-");
}

function axisOf(mark: string | undefined): Axis | null {
	if (mark === undefined || mark === "") return null;
	return /[EW经]/i.test(mark) ? "east" : "north";
}

function angleOf(match: RegExpMatchArray): Angle {
	const [, before, degrees = "0", minutes = "0", seconds = "0", after] = match;
	const size = Math.abs(Number(degrees)) + Number(minutes) / 60 + Number(seconds) / 3600;
	const mark = before || after;
	const negative = degrees.startsWith("-") || (mark !== undefined && /[WS西南]/i.test(mark));
	return { value: negative ? -size : size, axis: axisOf(mark) };
}

function letteredOf(match: RegExpMatchArray): Angle {
	const mark = match[1] ?? match[4] ?? "";
	const size = Number(match[2] ?? match[3]);
	return { value: /[WS西南]/i.test(mark) ? -size : size, axis: axisOf(mark) };
}

/** Two angles with marks: the marks say which is which. */
function fromAngles(raw: string, line: number, angles: Angle[], label: string): Line {
	const [a, b] = angles;
	if (!a || !b) return { kind: "unread", line, raw, fault: "one_number" };
	if (angles.length > 2) return { kind: "unread", line, raw, fault: "too_many" };
	if (a.axis !== null && a.axis === b.axis) {
		return { kind: "unread", line, raw, fault: "two_of_a_kind" };
	}
	const northFirst = a.axis === "north" || b.axis === "east";
	if (a.axis === null && b.axis === null) return fromNumbers(raw, line, a.value, b.value, label);
	const [east, north] = northFirst ? [b.value, a.value] : [a.value, b.value];
	return checked({
		kind: "pair",
		line,
		raw,
		east,
		north,
		form: "geographic",
		swapped: northFirst,
		label,
	});
}

function checked(pair: Pair): Line {
	const { line, raw } = pair;
	const fits =
		pair.form === "projected"
			? Math.abs(pair.east) < 1e8 && Math.abs(pair.north) < 2.1e7
			: Math.abs(pair.east) <= 180 && Math.abs(pair.north) <= 90;
	return fits ? pair : { kind: "unread", line, raw, fault: "out_of_range" };
}

/** A northing in China is 1.8 to 6 million metres; no easting that we know of is. */
const looksNorthing = (value: number) => value >= 1_800_000 && value < 6_000_000;

function fromNumbers(raw: string, line: number, a: number, b: number, label: string): Line {
	const form: Form = Math.abs(a) > 1000 || Math.abs(b) > 1000 ? "projected" : "geographic";
	const swapped =
		form === "projected"
			? looksNorthing(a) && !looksNorthing(b)
			: Math.abs(a) <= 90 && Math.abs(b) > 90;
	const [east, north] = swapped ? [b, a] : [a, b];
	return checked({ kind: "pair", line, raw, east, north, form, swapped, label });
}

/** Reads one line: decimal degrees in either order, degrees-minutes-seconds, metres, a bit of JSON or WKT. */
export function readLine(raw: string, line: number): Line {
	const text = plain(raw);
	const before = [...text.matchAll(MARKED_BEFORE)].length === 2;
	const marked = before ? MARKED_BEFORE : MARKED_AFTER;
	const angles = [...text.matchAll(marked)].map(angleOf);
	if (angles.length > 0) return fromAngles(raw, line, angles, tidy(text.replace(marked, " ")));
	const lettered = [...text.matchAll(LETTERED)];
	if (lettered.length === 2) {
		return fromAngles(raw, line, lettered.map(letteredOf), tidy(text.replace(LETTERED, " ")));
	}
	const words = text.split(/[\s,;:|=&?()[\]{}、。"″]+/).filter((word) => word !== "");
	const numbers = words.filter((word) => NUMBER.test(word)).map(Number);
	const label = tidy(words.filter((word) => !NUMBER.test(word)).join(" "));
	return fromList(raw, line, numbers, label);
}

function fromList(raw: string, line: number, numbers: number[], label: string): Line {
	const [a, b] = numbers;
	if (a === undefined) return { kind: "unread", line, raw, fault: "no_numbers" };
	if (b === undefined) return { kind: "unread", line, raw, fault: "one_number" };
	if (numbers.length === 2) return fromNumbers(raw, line, a, b, label);
	const pairs = numbers.map((_, i) => i).filter((i) => likely(numbers[i], numbers[i + 1]));
	const broken = pairs.filter(
		(i) => !Number.isInteger(numbers[i]) && !Number.isInteger(numbers[i + 1]),
	);
	const at = broken.at(-1) ?? pairs.at(-1) ?? -1;
	const [east, north] = [numbers[at], numbers[at + 1]];
	if (at < 0 || east === undefined || north === undefined) {
		return { kind: "unread", line, raw, fault: "too_many" };
	}
	const rest = numbers.filter((_, i) => i !== at && i !== at + 1);
	return fromNumbers(raw, line, east, north, tidy(`${rest.join(" ")} ${label}`));
}

/** Among more than two numbers: do these two look like a position in China? */
function likely(a: number | undefined, b: number | undefined): boolean {
	if (a === undefined || b === undefined) return false;
	const [small, large] = a < b ? [a, b] : [b, a];
	const degrees = small >= 3 && small <= 54 && large >= 73 && large <= 136;
	return degrees || (looksNorthing(a) && b >= 1e5) || (looksNorthing(b) && a >= 1e5);
}

function tidy(label: string): string {
	return label
		.replace(/\b(lon|lat|lng|longitude|latitude|point|geo|x|y|e|n)\b/gi, " ")
		.replace(/经度|纬度|坐标|东经|北纬/g, " ")
		.replace(/[\s,;:|]+/g, " ")
		.trim();
}

/** Reads all lines that are not empty. `line` counts from 1 as in the text. A heading without digits on top of a table is skipped. */
export function read(text: string): Line[] {
	const rows = text.split(/\r?\n/).map((raw, i) => ({ raw: raw.trim(), line: i + 1 }));
	const filled = rows.filter((row) => row.raw !== "");
	const [first] = filled;
	const heading =
		filled.length > 1 && first !== undefined && !/\d/.test(first.raw.normalize("NFKC"));
	return filled.slice(heading ? 1 : 0).map((row) => readLine(row.raw, row.line));
}

/** Whether all of the text is one position, so that a search box may offer to look it up. */
export function isPosition(text: string): boolean {
	const lines = read(text);
	const [only] = lines;
	return lines.length === 1 && only?.kind === "pair" && only.label === "" && /[.°\d]{3}/.test(text);
}
