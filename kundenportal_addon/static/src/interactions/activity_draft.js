import { Interaction } from "@web/public/interaction";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

const PREFIX = "kundenportal.draft.";

/** As long as a form that is sent twice gives the first result (kundenportal.form.key). */
const LIFETIME = 7 * 24 * 60 * 60 * 1000;

/**
 * Calls a function with the browser's storage; private windows and full ones refuse it.
 *
 * @param {(storage: Storage) => any} use
 */
function withStorage(use) {
    try {
        return use(browser.localStorage);
    } catch {
        return undefined;
    }
}

/**
 * Keeps what was typed into a form until it has arrived: a telephone in a basement loses the
 * connection, not the text. The form's one-time key is kept with it, so that a request whose answer
 * was lost is not made twice. Files cannot be kept.
 */
export class ActivityDraft extends Interaction {
    static selector = "form[data-draft]";
    dynamicContent = {
        _root: {
            "t-on-input": this.save,
            "t-on-change": this.save,
            "t-on-submit": this.onSubmit,
        },
        ".kp_draft_discard": { "t-on-click": this.discard },
    };

    setup() {
        this.key = PREFIX + this.el.dataset.draft;
        this.freshKey = this.el.elements.form_key.value;
    }

    start() {
        this.dropOld();
        // A form that came back with errors already says what was typed.
        if (!("draftTyped" in this.el.dataset)) {
            this.restore();
        }
    }

    /**
     * @param {Event} ev
     */
    save(ev) {
        if (ev.target.type !== "file") {
            // Something else than what may have arrived already.
            this.el.elements.form_key.value = this.freshKey;
        }
        const entries = [...new FormData(this.el)].filter(
            ([name, value]) => typeof value === "string" && name !== "csrf_token"
        );
        const draft = { at: Date.now(), entries };
        withStorage((storage) => storage.setItem(this.key, JSON.stringify(draft)));
    }

    restore() {
        const draft = withStorage((storage) => JSON.parse(storage.getItem(this.key)));
        if (!draft) {
            return;
        }
        let isTyped = false;
        for (const controlEl of this.el.elements) {
            const values = draft.entries
                .filter(([name]) => name === controlEl.name)
                .map(([, value]) => value);
            const isKept = controlEl.type !== "hidden" || controlEl.name === "form_key";
            if (!controlEl.name || controlEl.type === "file" || !isKept) {
                continue;
            }
            if (["checkbox", "radio"].includes(controlEl.type)) {
                const isChecked = values.includes(controlEl.value);
                isTyped ||= controlEl.checked !== isChecked;
                controlEl.checked = isChecked;
            } else if (values.length) {
                isTyped ||= controlEl.type !== "hidden" && controlEl.value !== values[0];
                controlEl.value = values[0];
            }
        }
        if (isTyped) {
            this.show(".kp_draft_restored", true);
            // What is asked further may depend on an answer.
            this.el.dispatchEvent(new CustomEvent("kp-draft-restored"));
        }
    }

    discard() {
        withStorage((storage) => storage.removeItem(this.key));
        browser.location.reload();
    }

    /**
     * @param {SubmitEvent} ev
     */
    onSubmit(ev) {
        const isOffline = browser.navigator.onLine === false;
        if (isOffline) {
            ev.preventDefault();
        }
        const noticeEl = this.show(".kp_draft_offline", isOffline);
        if (isOffline) {
            noticeEl?.scrollIntoView({ block: "center" });
        }
    }

    show(selector, isShown) {
        const noticeEl = this.el.querySelector(selector);
        if (noticeEl) {
            noticeEl.hidden = !isShown;
        }
        return noticeEl;
    }

    /** Forgets what nobody came back to, whoever used this device. */
    dropOld() {
        withStorage((storage) => {
            for (const key of Object.keys(storage)) {
                if (!key.startsWith(PREFIX)) {
                    continue;
                }
                const { at } = JSON.parse(storage.getItem(key)) || {};
                if (!at || Date.now() - at > LIFETIME) {
                    storage.removeItem(key);
                }
            }
        });
    }
}

/**
 * Forgets a draft once the page says that it has arrived; a reload says so no longer. A name that
 * ends with a dash stands for all drafts that begin with it.
 */
export class ActivityDraftDone extends Interaction {
    static selector = "[data-draft-done]";

    setup() {
        const done = PREFIX + this.el.dataset.draftDone;
        withStorage((storage) => {
            for (const key of Object.keys(storage)) {
                if (key === done || (done.endsWith("-") && key.startsWith(done))) {
                    storage.removeItem(key);
                }
            }
        });
        const url = new URL(browser.location);
        url.searchParams.delete("done");
        browser.history.replaceState(null, "", url);
    }
}

registry.category("public.interactions").add("kundenportal.activity_draft_done", ActivityDraftDone);
registry.category("public.interactions").add("kundenportal.activity_draft", ActivityDraft);
