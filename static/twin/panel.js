// What every page does: say in words when the panel cannot be reached, leave alone what has not changed,
// and keep a live log at its end.
(() => {
  const say = (sentence) => {
    const place = document.getElementById("notice");
    place.textContent = sentence;
    place.hidden = !sentence;
  };
  const reason = (status) => {
    if (status === 403) return "Your account may look, but not do this. Ask an administrator for the group “operator”.";
    if (status === 503) return "The database cannot be reached. What you see is the last state; it is asked again shortly.";
    return `The panel answered with an error (${status}). What you see is the last state; it is asked again shortly.`;
  };
  document.addEventListener("htmx:responseError", (event) => say(reason(event.detail.xhr.status)));
  document.addEventListener("htmx:sendError", () => say("The panel cannot be reached. It is asked again shortly."));
  document.addEventListener("htmx:afterOnLoad", (event) => event.detail.xhr.status < 400 && say(""));

  // A card that was asked again and says the same stays as it is: no flicker, no lost focus, no closed table.
  const last = new Map();
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, serverResponse, requestConfig } = event.detail;
    if (!target.id || requestConfig.verb !== "get") return;
    const text = serverResponse.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "");
    if (last.get(target.id) === text) event.detail.shouldSwap = false;
    last.set(target.id, text);
  });

  const toEnd = (root) => {
    for (const log of root.querySelectorAll("[data-follow]")) log.scrollTop = log.scrollHeight;
  };
  document.addEventListener("htmx:load", (event) => toEnd(event.target));
  document.addEventListener("DOMContentLoaded", () => toEnd(document));
})();
