import { locate } from "../api/locate";
import type { Located } from "../api/shapes";
import { type Entry, type Form, lacks, occurredOf, type Place, written } from "../core/outbox";
import { holds } from "../core/rights";
import { here } from "./here.svelte";
import { Loader } from "./load.svelte";
import { outbox } from "./outbox.svelte";
import { page } from "./page.svelte";
import { person } from "./session.svelte";

const NAME = "wangge.reporting";
const EMPTY: Form = { category: "", text: "", occurred: null, place: null };

/** What somebody had on the form when they left the page. */
function kept(who: string): Form {
	try {
		const value: unknown = JSON.parse(localStorage.getItem(NAME) ?? "null");
		if (typeof value !== "object" || value === null) return EMPTY;
		const { category, text, occurred, who: whose } = value as Record<string, unknown>;
		if (whose !== who) return EMPTY;
		return {
			category: typeof category === "string" ? category : "",
			text: typeof text === "string" ? text : "",
			occurred: typeof occurred === "string" ? occurred : null,
			// A place is where somebody was then.
			place: null,
		};
	} catch {
		return EMPTY;
	}
}

/** The form on which a grid worker reports, and whose ground they stand on. */
class Reporting {
	form = $state.raw<Form>(EMPTY);
	#begun = false;
	/** Somebody tried to send it as it is. */
	tried = $state(false);
	/** Why the device gives no position. */
	why = $state<string | null>(null);
	waiting = $state(false);

	/** Whose ground the place is; asked again when the kind of report changes who answers. */
	ground = new Loader<{ place: Place; category: string | null }, Located>(
		({ place, category }, signal) => {
			const { lon, lat, crs, accuracy } = place;
			return locate({ east: lon, north: lat, crs, accuracy, category }, signal);
		},
	);
	lack = $derived(lacks(this.form));
	/** Whether the place is in the territory of whoever looks; null where that says nothing. */
	mine = $derived.by((): boolean | null => {
		const { value } = this.ground;
		const territory = person.session?.territory ?? [];
		if (!value || territory.length === 0) return null;
		return (["land", "water", "police"] as const).some((layer) => {
			const codes = value[layer]?.chain.map(({ code }) => code) ?? [];
			return territory.some((one) => one.layer === layer) && holds(person.session, layer, codes);
		});
	});

	set(patch: Partial<Form>) {
		this.form = { ...this.form, ...patch };
		const { category, text, occurred } = this.form;
		try {
			const who = person.session?.name;
			localStorage.setItem(NAME, JSON.stringify({ who, category, text, occurred }));
		} catch {
			// The form itself still has it.
		}
		const { place } = this.form;
		if (place && ("place" in patch || "category" in patch)) {
			void this.ground.load({ place, category: this.form.category || null });
		}
		if (!place) this.ground.clear();
	}

	/** A tap on the map. */
	tap([lon, lat]: readonly [number, number]) {
		this.set({ place: { lon, lat, crs: "cgcs2000", accuracy: null } });
	}

	/** Asks the device where it is. */
	async find(): Promise<void> {
		this.waiting = true;
		this.why = null;
		const found = await here.ask();
		this.waiting = false;
		if (typeof found === "string") {
			this.why = found;
			return;
		}
		const { lon, lat, accuracy } = found;
		this.set({ place: { lon, lat, crs: "wgs84", accuracy } });
		const reach = 0.003;
		page.fit([lon - reach, lat - reach, lon + reach, lat + reach]);
	}

	/** Takes up what was left on the form, and a place that another screen named. */
	takeUp() {
		const { name } = person.session ?? {};
		if (name == null) return;
		if (!this.#begun) this.form = kept(name);
		this.#begun = true;
		const place = page.reportPlace;
		if (!place) return;
		page.reportPlace = null;
		this.set({ place });
	}

	/** Puts the report in the outbox; the form is empty for the next. */
	send() {
		const body = written(this.form, new Date().toISOString());
		this.tried = body === null;
		if (!body || !outbox.add(body)) return;
		this.why = null;
		this.set({ ...EMPTY });
	}

	/** Puts a refused one back on the form, to be changed. */
	change(entry: Entry) {
		const { key, body } = entry;
		const { lon, lat, crs, accuracy_m, category, text } = body;
		const place: Place = {
			lon,
			lat,
			crs: crs === "wgs84" ? "wgs84" : "cgcs2000",
			accuracy: accuracy_m ?? null,
		};
		this.set({ place, category, text: text ?? "", occurred: occurredOf(entry) });
		outbox.drop(key);
	}
}

export const reporting = new Reporting();
