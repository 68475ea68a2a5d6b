import { readHours } from "./queue";

/** The levels of land by which figures are told. */
export const LEVELS = ["county", "township", "village", "grid"] as const;
export type Level = (typeof LEVELS)[number];

export const BORDERS = ["now", "filed"] as const;
export type Borders = (typeof BORDERS)[number];

/** The figures, the first of which the map and the bars show at first. */
export const MEASURES = ["reported", "on_time", "overdue", "returned", "median_hours"] as const;
export type Measure = (typeof MEASURES)[number];

/** How far back figures may be told, in hours: a week, a month, a quarter, a year. */
export const PERIODS = [168, 720, 2160, 8760] as const;

/** Which figures are told. */
export interface Figures {
	/** Null: by how close the map is. */
	level: Level | null;
	measure: Measure;
	borders: Borders;
	/** Of the last so many hours; null: of all time. */
	period: number | null;
}

export const START_FIGURES: Figures = {
	level: null,
	measure: "reported",
	borders: "now",
	period: null,
};

const oneOf = <T extends string>(all: readonly T[], text: string | null): T | null =>
	all.find((one) => one === text) ?? null;

export function readFigures(params: URLSearchParams): Figures {
	return {
		level: oneOf(LEVELS, params.get("level")),
		measure: oneOf(MEASURES, params.get("measure")) ?? START_FIGURES.measure,
		borders: oneOf(BORDERS, params.get("borders")) ?? START_FIGURES.borders,
		period: readHours(params.get("period")),
	};
}

export function writeFigures(figures: Figures): [string, string][] {
	const params: [string, string][] = [];
	if (figures.level) params.push(["level", figures.level]);
	if (figures.measure !== START_FIGURES.measure) params.push(["measure", figures.measure]);
	if (figures.borders !== START_FIGURES.borders) params.push(["borders", figures.borders]);
	if (figures.period) params.push(["period", String(figures.period)]);
	return params;
}

/** The level whose units can be told apart at a zoom. */
export function levelAt(zoom: number): Level {
	if (zoom < 9) return "county";
	if (zoom < 10.5) return "township";
	return zoom < 12.5 ? "village" : "grid";
}

/** From which zoom the map has the ground of a level. */
export const GROUND_ZOOM: Record<Level, number> = { county: 4, township: 7, village: 9, grid: 11 };

export interface Counted {
	/** Null for what lies in no unit. */
	code: string | null;
	reported: number;
	open: number;
	on_time: number;
	overdue: number;
	returned: number;
	closed: number;
	median_hours: number | null;
}

export const figureOf = (row: Counted, measure: Measure): number | null => row[measure];

/** The rows with the largest value first; those without one last. Equal ones by code. */
export function ranked<R extends Counted>(rows: readonly R[], measure: Measure): R[] {
	const value = (row: R) => figureOf(row, measure) ?? -1;
	return rows.toSorted((a, b) => value(b) - value(a) || (a.code ?? "").localeCompare(b.code ?? ""));
}

const CLASSES = 5;

/**
 * The upper ends of up to five classes, so that about as many units are in each; of few different values each is a class
 * of its own. Zero is in none.
 */
export function classEnds(values: readonly number[]): number[] {
	const sorted = values.filter((value) => value > 0).toSorted((a, b) => a - b);
	const distinct = [...new Set(sorted)];
	if (distinct.length <= CLASSES) return distinct;
	const ends = Array.from({ length: CLASSES }, (_, i) => {
		const at = Math.ceil((sorted.length * (i + 1)) / CLASSES) - 1;
		return sorted[at] ?? 0;
	});
	return [...new Set(ends)];
}

/** Which class a value is in, from 0; null for zero and for none. */
export function classOf(value: number | null, ends: readonly number[]): number | null {
	if (value === null || value <= 0) return null;
	const at = ends.findIndex((end) => value <= end);
	return at < 0 ? null : at;
}

/** The units of each class, by code. */
export function classesOf(
	rows: readonly Counted[],
	measure: Measure,
): { end: number; codes: string[] }[] {
	const ends = classEnds(rows.map((row) => figureOf(row, measure) ?? 0));
	return ends.map((end, i) => ({
		end,
		codes: rows.flatMap((row) =>
			row.code !== null && classOf(figureOf(row, measure), ends) === i ? [row.code] : [],
		),
	}));
}

/** Hours as people say them: minutes below one hour, days from two on. */
export function hoursText(hours: number, words: { m: string; h: string; d: string }): string {
	if (hours < 1) return `${Math.round(hours * 60)} ${words.m}`;
	if (hours < 48) return `${hours.toFixed(hours < 10 ? 1 : 0)} ${words.h}`;
	return `${(hours / 24).toFixed(1)} ${words.d}`;
}
