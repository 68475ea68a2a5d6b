import type { Unit } from "../api/shapes";
import { counties, list } from "../api/units";
import { Loader } from "./load.svelte";

/** Units by which reports are narrowed: the counties, and any other by its code. */
class Places {
	loader = new Loader<null, Unit[]>(async (_, signal) => (await counties(signal)).items);
	/** A unit that is no county, found by its code. */
	other = new Loader<string, Unit | null>(async (code, signal) => {
		const found = await list({ q: code, limit: 5 }, signal);
		return found.items.find((unit) => unit.code === code) ?? null;
	});
	counties = $derived(this.loader.value ?? []);

	need(code: string | null) {
		if (this.loader.state.kind === "idle") void this.loader.load(null);
		if (code !== null && this.other.value?.code !== code) void this.other.load(code);
	}

	isCounty(code: string): boolean {
		return this.counties.some((unit) => unit.code === code);
	}

	find(code: string): Unit | null {
		const other = this.other.value;
		return (
			this.counties.find((unit) => unit.code === code) ?? (other?.code === code ? other : null)
		);
	}

	name(code: string): string {
		return this.find(code)?.name ?? code;
	}
}

export const places = new Places();
