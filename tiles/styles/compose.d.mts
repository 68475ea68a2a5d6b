/** The two styles, as compose.mjs writes them. */
export const styles: Record<"light" | "dark", Record<string, unknown>>;
