// Passkeys, where the browser knows them. Without this script the pages work as before, only without passkeys.
(() => {
  "use strict";
  const problems = document.getElementById("problems");
  if (problems) problems.focus();
  if (!window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) return;

  const ask = {
    use: async (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
    add: async (options) => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (form.elements.credential.value) return;
      event.preventDefault();
      const failed = form.querySelector("[data-failed]");
      failed.textContent = "";
      try {
        const answer = await fetch(form.dataset.options, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", redirect: "manual" });
        // A fresh sign-in is asked for first.
        if (answer.type === "opaqueredirect") {
          location.assign(form.dataset.stepUp);
          return;
        }
        if (!answer.ok) throw new Error("options");
        const credential = await ask[form.dataset.passkey](await answer.json());
        form.elements.credential.value = JSON.stringify(credential.toJSON());
        form.submit();
      } catch {
        failed.textContent = failed.dataset.failed;
      }
    });
  }
})();
