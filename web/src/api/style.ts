import type { Theme } from "../core/route";
import { get } from "./client";

export interface Basemap {
	kind: "none" | "xyz" | "pmtiles";
	url?: string;
	crs?: string;
	attribution?: string;
}

/** What the server tells the page about itself, beside the style. */
export interface Setting {
	basemap: Basemap;
	demo: boolean;
	bounds: [number, number, number, number] | null;
	revision: { number: number; effective_from: string } | null;
}

/** A MapLibre style; only `map/` looks inside. */
export interface StyleText {
	metadata?: Record<string, unknown>;
	sources: Record<string, unknown>;
	layers: unknown[];
}

export function style(theme: Theme, at: string | null, signal: AbortSignal): Promise<StyleText> {
	return get(`/styles/${theme}.json`, { at }, signal);
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null;
}

function readBasemap(value: unknown): Basemap {
	if (!isRecord(value)) return { kind: "none" };
	const { kind, url, crs, attribution } = value;
	if ((kind !== "xyz" && kind !== "pmtiles") || typeof url !== "string") return { kind: "none" };
	return {
		kind,
		url,
		...(typeof crs === "string" ? { crs } : {}),
		...(typeof attribution === "string" ? { attribution } : {}),
	};
}

function readBounds(value: unknown): Setting["bounds"] {
	if (!Array.isArray(value)) return null;
	const [west, south, east, north] = value.map(Number);
	if (west === undefined || south === undefined || east === undefined || north === undefined) {
		return null;
	}
	return [west, south, east, north];
}

function readRevision(value: unknown): Setting["revision"] {
	if (!isRecord(value)) return null;
	const { number, effective_from } = value;
	return typeof number === "number" && typeof effective_from === "string"
		? { number, effective_from }
		: null;
}

/** Reads the settings out of a style's metadata; whatever is missing or strange has its plain value. */
export function settingOf(text: StyleText): Setting {
	const metadata = text.metadata ?? {};
	return {
		basemap: readBasemap(metadata["wangge:basemap"]),
		demo: metadata["wangge:demo"] === true,
		bounds: readBounds(metadata["wangge:bounds"]),
		revision: readRevision(metadata["wangge:revision"]),
	};
}
