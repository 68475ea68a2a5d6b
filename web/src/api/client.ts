/** An answer that says no. `code` is the server's; `offline` when none came. */
export class Refusal extends Error {
	constructor(
		readonly code: string,
		readonly detail: string,
		readonly status: number,
		readonly field: string | null = null,
		readonly expected: string | null = null,
		/** In how many seconds to try again. */
		readonly after: number | null = null,
		/** Members of some kinds only: `defects`, `conflicts`, `drafts`. */
		readonly more: Record<string, unknown> = {},
	) {
		super(detail);
		this.name = "Refusal";
	}
}

let unknown: () => void = () => {};

/** What is done when the server answers that it does not know who asks. */
export function whenUnknown(act: () => void) {
	unknown = act;
}

type Query = Record<string, string | number | null | undefined>;

function address(path: string, query: Query): string {
	const params = new URLSearchParams();
	for (const [key, value] of Object.entries(query)) {
		if (value !== null && value !== undefined) params.set(key, String(value));
	}
	const text = params.toString();
	return text === "" ? path : `${path}?${text}`;
}

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);

async function refusal(response: Response): Promise<Refusal> {
	const body: unknown = await response.json().catch(() => null);
	const problem =
		body !== null && typeof body === "object" ? (body as Record<string, unknown>) : {};
	return new Refusal(
		text(problem.code) ?? `http_${response.status}`,
		text(problem.detail) ?? text(problem.title) ?? response.statusText,
		response.status,
		text(problem.field),
		text(problem.expected),
		Number(response.headers.get("retry-after")) || null,
		problem,
	);
}

async function send(path: string, init: RequestInit): Promise<Response> {
	let response: Response;
	try {
		response = await fetch(path, init);
	} catch (cause) {
		if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
		throw new Refusal("offline", "no answer from the server", 0);
	}
	if (response.status === 401) unknown();
	if (!response.ok) throw await refusal(response);
	return response;
}

/** How often a read is sent when the server is busy and says when to come again. */
const TRIES = 4;

const pause = (seconds: number, signal: AbortSignal) =>
	new Promise<void>((resolve, reject) => {
		const stop = () => {
			clearTimeout(timer);
			reject(new DOMException("no longer wanted", "AbortError"));
		};
		const timer = setTimeout(() => {
			signal.removeEventListener("abort", stop);
			resolve();
		}, seconds * 1000);
		signal.addEventListener("abort", stop, { once: true });
	});

/** A read, which does no harm when it is sent again. */
async function read(path: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
	for (let tries = 1; ; tries += 1) {
		try {
			return await send(path, { ...init, signal });
		} catch (cause) {
			const after = cause instanceof Refusal && cause.status === 503 ? cause.after : null;
			if (after === null || tries === TRIES) throw cause;
			await pause(Math.min(after, 5), signal);
		}
	}
}

/** The one place that trusts the server to answer in the shape that its contract promises. */
export async function get<T>(path: string, query: Query, signal: AbortSignal): Promise<T> {
	const init = { headers: { accept: "application/json" } };
	return (await (await read(address(path, query), init, signal)).json()) as T;
}

/** The same with the entity tag of what came, for a write that says what it saw. */
export async function getTagged<T>(
	path: string,
	query: Query,
	signal: AbortSignal,
): Promise<{ value: T; tag: string | null }> {
	const init = { headers: { accept: "application/json" }, signal };
	const response = await send(address(path, query), init);
	return { value: (await response.json()) as T, tag: response.headers.get("etag") };
}

/** Puts something in the place of what bears an entity tag. */
export async function put<T>(
	path: string,
	body: unknown,
	tag: string,
	signal: AbortSignal,
): Promise<{ value: T; tag: string | null }> {
	const headers = {
		accept: "application/json",
		"content-type": "application/json",
		"if-match": tag,
	};
	const response = await send(path, {
		method: "PUT",
		headers,
		body: JSON.stringify(body),
		signal,
	});
	return { value: (await response.json()) as T, tag: response.headers.get("etag") };
}

/** `version` is the version of a draft that a write of it saw. */
export async function post<T>(
	path: string,
	body: unknown,
	signal: AbortSignal,
	version: number | null = null,
): Promise<T> {
	const headers = {
		accept: "application/json",
		"content-type": "application/json",
		...(version === null ? {} : { "if-match": `"${version}"` }),
	};
	const init = { method: "POST", headers, body: JSON.stringify(body), signal };
	return (await (await send(path, init)).json()) as T;
}

/** A write that may be sent again: the server makes of all that bear one key the same thing once. */
export async function postKeyed<T>(
	path: string,
	body: unknown,
	key: string,
	signal: AbortSignal,
): Promise<T> {
	const headers = {
		accept: "application/json",
		"content-type": "application/json",
		"idempotency-key": key,
	};
	const init = { method: "POST", headers, body: JSON.stringify(body), signal };
	return (await (await send(path, init)).json()) as T;
}

export async function remove(path: string, signal: AbortSignal): Promise<void> {
	await send(path, { method: "DELETE", headers: { accept: "application/json" }, signal });
}
