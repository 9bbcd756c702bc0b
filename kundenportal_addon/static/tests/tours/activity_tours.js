import { registry } from "@web/core/registry";
import { browser } from "@web/core/browser/browser";

registry.category("web_tour.tours").add("kundenportal_report_problem", {
    steps: () => [
        {
            content: "one tap leads from the home to the form",
            trigger: "a.kp_report",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: "#activity_text",
            run: "edit Papierstau",
        },
        {
            content: "a file that is too large is refused before it is sent",
            trigger: "#activity_files",
            run() {
                const large = new File(["x".repeat(Number(this.anchor.dataset.maxBytes) + 1)], "x.png");
                const transfer = new DataTransfer();
                transfer.items.add(large);
                this.anchor.files = transfer.files;
                this.anchor.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            trigger: ".kp_files_refused:not([hidden])",
            run() {
                const inputEl = document.querySelector("#activity_files");
                inputEl.value = "";
                inputEl.dispatchEvent(new Event("change", { bubbles: true }));
            },
        },
        {
            trigger: "#activity_files:not(.is-invalid)",
            run() {
                browser.location.href = "/my";
            },
            expectUnloadPage: true,
        },
        {
            content: "who comes back finds what was typed",
            trigger: "a.kp_report",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".kp_draft_restored:not([hidden])",
        },
        {
            trigger: "#activity_text:value(Papierstau)",
        },
        {
            content: "without a connection nothing is sent, and nothing is lost",
            trigger: ".kp_new_form button[type='submit']",
            async run({ click }) {
                const { navigator } = browser;
                Object.defineProperty(navigator, "onLine", { value: false, configurable: true });
                await click();
            },
        },
        {
            trigger: ".kp_draft_offline:not([hidden])",
            run() {
                delete browser.navigator.onLine;
            },
        },
        {
            trigger: ".kp_new_form button[type='submit']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "what has arrived is no longer kept, and a reload does not say so again",
            trigger: ".kp_receipt",
            run() {
                const kept = Object.keys(browser.localStorage).filter((key) =>
                    key.startsWith("kundenportal.draft.")
                );
                if (kept.length || browser.location.search.includes("done")) {
                    throw new Error(`Still there: ${kept} ${browser.location}`);
                }
            },
        },
    ],
});
