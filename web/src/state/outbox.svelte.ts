import { send } from "../api/reports";
import {
	afterRefusal,
	type Entry,
	keyFrom,
	outworn,
	PREFIX,
	readEntries,
	type Written,
} from "../core/outbox";
import { asRefusal } from "./load.svelte";
import { person } from "./session.svelte";

/** How often what waits is tried again, in milliseconds. */
const AGAIN_MS = 4_000;

/** Reports that were written on this device, until the server has them. */
class Outbox {
	#all = $state.raw<readonly Entry[]>([]);
	#sending = false;
	#tried = 0;
	/** The server no longer knows who sends: whoever signs in gets the page anew. */
	#unknown = false;
	sending = $state<string | null>(null);
	/** The device would not keep the last one. */
	full = $state(false);

	/** Nobody's report is sent, or shown, in the name of another. */
	mine = $derived(this.#all.filter(({ who }) => who === person.session?.name));
	waiting = $derived(this.mine.filter(({ state }) => state.kind === "waiting"));
	others = $derived(this.#all.filter(({ who }) => who !== person.session?.name).length);

	constructor() {
		this.#read();
		// Another page of this device wrote, or sent.
		addEventListener("storage", () => this.#read());
		addEventListener("online", () => void this.send());
	}

	#read() {
		const names = Object.keys(localStorage);
		this.#all = readEntries(names.map((name) => [name, localStorage.getItem(name) ?? ""]));
	}

	#keep(entry: Entry): boolean {
		try {
			localStorage.setItem(PREFIX + entry.key, JSON.stringify(entry));
			this.full = false;
		} catch {
			this.full = true;
		}
		this.#read();
		return !this.full;
	}

	/** Puts a report in; the key is made now, and goes with it however often it is sent. */
	add(body: Written): boolean {
		const who = person.session?.name;
		if (who == null) return false;
		const key = keyFrom(crypto.getRandomValues(new Uint8Array(16)));
		const written_at = new Date().toISOString();
		const kept = this.#keep({ key, who, written_at, body, state: { kind: "waiting" } });
		if (kept) void this.send();
		return kept;
	}

	drop(key: string) {
		localStorage.removeItem(PREFIX + key);
		this.#read();
	}

	/** Tries again now and then, while something waits. */
	keep() {
		if (this.waiting.length === 0 || Date.now() - this.#tried < AGAIN_MS) return;
		void this.send();
	}

	/** Sends what waits, in the order in which it was written; stops where there is no answer. */
	async send(): Promise<void> {
		if (this.#sending || this.#unknown) return;
		this.#sending = true;
		this.#tried = Date.now();
		for (;;) {
			const [entry] = this.waiting;
			if (!entry || !(await this.#sendOne(entry))) break;
		}
		this.sending = null;
		this.#sending = false;
		for (const key of outworn(this.mine)) this.drop(key);
	}

	/** Whether the next may be tried. */
	async #sendOne(entry: Entry): Promise<boolean> {
		this.sending = entry.key;
		try {
			const filed = await send(entry.body, entry.key, new AbortController().signal);
			const receipt = {
				id: filed.id,
				number: filed.number,
				unit: filed.responsible?.name ?? null,
				confirm: filed.needs_confirmation,
			};
			return this.#keep({ ...entry, state: { kind: "sent", receipt } });
		} catch (cause) {
			const refusal = asRefusal(cause);
			this.#unknown = refusal.status === 401;
			const after = afterRefusal(entry, refusal);
			this.#keep(after);
			return after.state.kind === "refused";
		}
	}
}

export const outbox = new Outbox();
