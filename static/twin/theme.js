// Runs before the first paint, so that no page flashes in the wrong theme.
(() => {
  const KEY = "twin-theme";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const remembered = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage refused: follow the system
    }
  };
  const put = () => {
    const mode = remembered() || (system.matches ? "dark" : "light");
    if (root.dataset.bsTheme === mode) return;
    root.dataset.bsTheme = mode;
    document.dispatchEvent(new CustomEvent("twin:theme", { detail: mode }));
  };
  put();
  system.addEventListener("change", put);
  addEventListener("storage", (event) => event.key === KEY && put());
  addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const mode = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(KEY, mode);
    } catch {
      root.dataset.bsTheme = mode; // this page only
    }
    put();
  });
})();
