/** A report as it is sent. */
export interface Written {
	crs: string;
	lon: number;
	lat: number;
	accuracy_m?: number;
	category: string;
	occurred_at: string;
	text?: string;
}

/** What the server answered to it. */
export interface Receipt {
	id: number;
	number: string;
	/** The unit that answers for it; null when the place is in none. */
	unit: string | null;
	confirm: boolean;
}

export type EntryState =
	| { kind: "waiting" }
	| { kind: "sent"; receipt: Receipt }
	| {
			kind: "refused";
			code: string;
			detail: string;
			field: string | null;
			/** What the server would have taken. */
			expected: string | null;
	  };

/** A report that was written on this device. Its key was made with it, so that sending it twice makes one report. */
export interface Entry {
	key: string;
	/** The account of whoever wrote it. */
	who: string;
	written_at: string;
	body: Written;
	state: EntryState;
}

/** A key of 32 hexadecimal digits, from as many random bytes as are given. */
export function keyFrom(bytes: Uint8Array): string {
	return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const LONGEST = 2000;

/** What is written on the form. */
export interface Form {
	category: string;
	text: string;
	/** When it happened; null: when the report is written. */
	occurred: string | null;
	place: Place | null;
}

export interface Place {
	lon: number;
	lat: number;
	crs: "wgs84" | "cgcs2000";
	/** Radius of the circle in which it is, as the device says; null for a place from the map. */
	accuracy: number | null;
}

export type Lack = "category" | "place" | "long";

/** What keeps the form from being sent. */
export function lacks({ category, text, place }: Form): Lack[] {
	const lack: Lack[] = [];
	if (place === null) lack.push("place");
	if (category === "") lack.push("category");
	if ([...text.trim()].length > LONGEST) lack.push("long");
	return lack;
}

/** The server refuses a wider circle than this. */
const WIDEST_M = 2000;

export function written(form: Form, now: string): Written | null {
	const { place, category, occurred } = form;
	if (place === null || lacks(form).length > 0) return null;
	const text = form.text.trim();
	const accuracy = place.accuracy;
	return {
		crs: place.crs,
		lon: place.lon,
		lat: place.lat,
		...(accuracy === null
			? {}
			: { accuracy_m: Math.min(WIDEST_M, Math.max(1, Math.round(accuracy))) }),
		category,
		occurred_at: occurred ?? now,
		...(text === "" ? {} : { text }),
	};
}

/** Whether an answer says "not now" rather than "not this": no network, a busy or broken server, signed out. */
export function retries(status: number): boolean {
	return status === 0 || status === 401 || status === 408 || status === 429 || status >= 500;
}

/** An entry after the server said no. */
export function afterRefusal(
	entry: Entry,
	no: {
		status: number;
		code: string;
		detail: string;
		field: string | null;
		expected: string | null;
	},
): Entry {
	if (retries(no.status)) return { ...entry, state: { kind: "waiting" } };
	const { code, detail, field, expected } = no;
	return { ...entry, state: { kind: "refused", code, detail, field, expected } };
}

/**
 * When it is to be said to have happened, when it is changed. A device whose clock is ahead is told the time by the
 * server, or the same would be refused for ever.
 */
export function occurredOf({ body, state }: Entry): string {
	if (state.kind !== "refused" || state.field !== "occurred_at") return body.occurred_at;
	const told = /\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)/.exec(state.expected ?? "")?.[0];
	return told ? new Date(told).toISOString() : body.occurred_at;
}

export const PREFIX = "wangge.outbox.";

function isEntry(value: unknown): value is Entry {
	if (typeof value !== "object" || value === null) return false;
	const { key, who, written_at, body, state } = value as Record<string, unknown>;
	return (
		[key, who, written_at].every((one) => typeof one === "string") &&
		typeof body === "object" &&
		body !== null &&
		typeof state === "object" &&
		state !== null &&
		["waiting", "sent", "refused"].includes(String((state as { kind?: unknown }).kind))
	);
}

/** Reads what a device keeps: each entry under a key of its own, so that two open pages never write over each other. */
export function readEntries(stored: readonly (readonly [string, string])[]): Entry[] {
	return stored
		.filter(([name]) => name.startsWith(PREFIX))
		.flatMap(([, text]) => {
			try {
				const value: unknown = JSON.parse(text);
				return isEntry(value) ? [value] : [];
			} catch {
				return [];
			}
		})
		.sort((a, b) => a.written_at.localeCompare(b.written_at) || a.key.localeCompare(b.key));
}

/** How many that were sent are kept to be looked at. */
const KEPT = 20;

/** The keys of the oldest sent ones, which need no longer be kept. */
export function outworn(entries: readonly Entry[]): string[] {
	const sent = entries.filter(({ state }) => state.kind === "sent");
	return sent.slice(0, Math.max(0, sent.length - KEPT)).map(({ key }) => key);
}
