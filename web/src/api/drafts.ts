import type { Border } from "../core/sketch";
import { get, post } from "./client";
import type { components } from "./schema";
import type { Listing } from "./shapes";

type Server = components["schemas"];
export type DraftSummary = Server["DraftSummary"];
export type Area = Server["AreaView"];
export type Claim = Server["ClaimView"];
export type Conflict = Server["ConflictView"];
export type Defect = Server["DefectView"];
export type Parted = Server["PartedView"];
export type Step = Server["TrailView"];

/** What is asked for: the server resolves it. */
export type Operation = { kind: string } & Record<string, unknown>;

export type Made = Omit<Server["OperationView"], "operation"> & { operation: Operation };

export type Draft = DraftSummary &
	Omit<Server["Draft"], "operations" | "trail"> & { operations: Made[]; trail: Step[] };

/** A unit before or after; without geometry where its ground stays as it is. */
export interface Ground {
	type: "Feature";
	id: number;
	geometry: GeoJSON.Polygon | GeoJSON.MultiPolygon | null;
	properties: { layer: string; level: string; code: string; name: string; parent: string | null };
}

export interface Effect {
	change: { before: Ground[]; after: Ground[] };
	areas: Area[];
	codes: { code: string; proposed: string }[];
}

export interface Drawn extends Effect {
	seq: number | null;
	name: string;
	version: number;
	other?: Effect;
	claims: Claim[];
}

export interface Impact extends Effect {
	/** Estimates by area. */
	households: Server["HouseholdsView"][];
	/** Open reports that would go along with their ground. */
	reports: Server["ReportsMoveView"][];
	levels: { layer: string; level: string }[];
	defects: Defect[];
	drafts_in_conflict: { draft: DraftSummary; conflicts: Conflict[] }[];
	blocks: DraftSummary[];
}

export interface ConflictFound extends Conflict {
	base: Ground[];
	theirs: Ground[];
	mine: Ground[];
}

export interface Nearby {
	version: number;
	borders: Border[];
	units: Parted[];
}

export type Box = readonly [number, number, number, number];

const path = (id: number) => `/api/v1/drafts/${id}`;

export const drafts = (state: string | null, signal: AbortSignal) =>
	get<Listing<DraftSummary>>("/api/v1/drafts", { state, limit: 200 }, signal);

export const draft = (id: number, signal: AbortSignal) => get<Draft>(path(id), {}, signal);

export const begin = (
	words: { layer: string; title: string; reason: string; document?: string },
	signal: AbortSignal,
) => post<Draft>("/api/v1/drafts", words, signal);

export const impact = (id: number, signal: AbortSignal) =>
	get<Impact>(`${path(id)}/impact`, {}, signal);

export const conflicts = (id: number, signal: AbortSignal) =>
	get<Listing<ConflictFound>>(`${path(id)}/conflicts`, {}, signal);

/** The borders near a place as a draft draws them: of its own layer, or of another one to draw along. */
export const borders = (id: number, box: Box, signal: AbortSignal, layer: string | null = null) =>
	get<Nearby>(
		`${path(id)}/borders`,
		{ bbox: box.map((n) => n.toFixed(7)).join(","), layer },
		signal,
	);

export const effect = (id: number, seq: number, signal: AbortSignal) =>
	get<Drawn>(`${path(id)}/operations/${seq}`, {}, signal);

export const preview = (id: number, operation: Operation, signal: AbortSignal) =>
	post<Drawn>(`${path(id)}/preview`, operation, signal);

/** The writes that answer what was drawn. */
export function draw(
	at: { id: number; version: number },
	what: "operations" | "undo" | "redo",
	body: unknown,
	signal: AbortSignal,
): Promise<Drawn> {
	return post(`${path(at.id)}/${what}`, body, signal, at.version);
}

export type StepName =
	| "comment"
	| "submit"
	| "return"
	| "approve"
	| "publish"
	| "withdraw"
	| "rebase";

/** The writes that answer the draft. */
export function take(
	at: { id: number; version: number },
	step: StepName,
	body: unknown,
	signal: AbortSignal,
): Promise<Draft> {
	return post(`${path(at.id)}/${step}`, body, signal, at.version);
}
