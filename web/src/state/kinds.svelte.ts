import { categories } from "../api/locate";
import type { Category, Listing } from "../api/shapes";
import { Loader } from "./load.svelte";
import { page } from "./page.svelte";

/** The kinds of reports, by name; asked for once. */
class Kinds {
	loader = new Loader<null, Listing<Category>>((_, signal) => categories(signal));
	all = $derived(this.loader.value?.items ?? []);

	need() {
		const { kind } = this.loader.state;
		if (kind === "idle" || kind === "failed") void this.loader.load(null);
	}

	/** Its name in the reader's language; the code of one that is no longer known. */
	name(code: string): string {
		return this.all.find((kind) => kind.code === code)?.[page.lang] ?? code;
	}
}

export const kinds = new Kinds();
