import type { FilterSpecification, LayerSpecification } from "maplibre-gl";
import type { Level } from "../core/figures";
import type { Theme } from "../core/route";

/** The units of a level by how much they have: codes class by class, the least first. */
export interface Heat {
	level: Level;
	classes: readonly (readonly string[])[];
}

/** From pale to strong; in the dark from dull to bright. Never the hot colour, which is what is selected. */
export const RAMP: Record<Theme, readonly string[]> = {
	light: ["#d3e6e2", "#a5cfc8", "#6fb2a9", "#378f86", "#0b6e69"],
	dark: ["#1d3a39", "#25575a", "#2c7a79", "#36a097", "#63d3c6"],
};

/** The colour of a class; with few classes the strong ones are used. */
export function colourOf(theme: Theme, at: number, of: number): string {
	const ramp = RAMP[theme];
	return ramp[Math.min(ramp.length - 1, ramp.length - of + at)] ?? ramp[0] ?? "#000000";
}

/** Ground coloured by what happened there, over the fills and under the borders' names. */
export function heatLayers(theme: Theme, heat: Heat | null): LayerSpecification[] {
	if (!heat) return [];
	return heat.classes.flatMap((codes, at): LayerSpecification[] =>
		codes.length === 0
			? []
			: [
					{
						id: `heat-${at}`,
						type: "fill",
						source: "grid",
						"source-layer": heat.level,
						filter: ["in", ["get", "code"], ["literal", [...codes]]] as FilterSpecification,
						paint: {
							"fill-color": colourOf(theme, at, heat.classes.length),
							"fill-opacity": 0.78,
						},
					},
				],
	);
}
