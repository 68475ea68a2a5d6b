import type { Lang } from "../core/route";
import { en } from "./en";
import { type Words, zh } from "./zh";

export type { Words };

export function words(lang: Lang): Words {
	switch (lang) {
		case "zh":
			return zh;
		case "en":
			return en;
		default:
			return lang satisfies never;
	}
}
