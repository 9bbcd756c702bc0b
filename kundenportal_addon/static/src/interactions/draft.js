import { Interaction } from "@web/public/interaction";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { user } from "@web/core/user";

const PREFIX = "kundenportal.draft.";

/** Begins the names of drafts of whoever is not signed in; all others begin with the user's id. */
const VISITOR = "visitor-";

/** As long as a form that is sent twice gives the first result (kundenportal.form.key). */
const LIFETIME = 7 * 24 * 60 * 60 * 1000;

const NEVER_KEPT = ["button", "fieldset", "file", "password", "submit"];

/**
 * Calls a function with one of the browser's storages; private windows and full ones refuse it.
 *
 * @param {"localStorage"|"sessionStorage"} name
 * @param {(storage: Storage) => any} use
 */
function withStorage(name, use) {
    try {
        return use(browser[name]);
    } catch {
        return undefined;
    }
}

/**
 * A visitor's draft lives as long as the tab: whoever comes to this device next is a visitor, too.
 *
 * @param {string} draft name of a draft
 */
function getStorageName(draft) {
    return draft.startsWith(VISITOR) ? "sessionStorage" : "localStorage";
}

/**
 * @param {(draft: string, text: string) => boolean} isGone decides by name and content
 */
function forgetDrafts(isGone) {
    for (const name of ["localStorage", "sessionStorage"]) {
        withStorage(name, (storage) => {
            for (const key of Object.keys(storage)) {
                if (
                    key.startsWith(PREFIX) &&
                    isGone(key.slice(PREFIX.length), storage.getItem(key))
                ) {
                    storage.removeItem(key);
                }
            }
        });
    }
}

/**
 * @param {string} text a draft as it is kept
 */
function isOld(text) {
    try {
        return !(Date.now() - JSON.parse(text).at <= LIFETIME);
    } catch {
        return true;
    }
}

/**
 * Keeps what was typed into a form until it has arrived: a telephone in a basement loses the
 * connection, not the text. The form's one-time key is kept with it, so that a request whose answer
 * was lost is not made twice. Files cannot be kept.
 *
 * - `data-draft`: name of the draft, which begins with the user's id or "visitor-"
 * - `data-draft-typed`: the form came back with errors and already says what was typed
 * - `data-draft-only`: names of the fields that are kept, if not all; the one-time key is not
 */
export class Draft extends Interaction {
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
        this.storageName = getStorageName(this.el.dataset.draft);
        this.only = this.el.dataset.draftOnly?.split(" ");
        this.keyEl = this.only ? undefined : this.el.elements.form_key;
        this.freshKey = this.keyEl?.value;
    }

    start() {
        if (!("draftTyped" in this.el.dataset)) {
            this.restore();
        }
    }

    get controlEls() {
        return [...this.el.elements].filter(
            (controlEl) =>
                controlEl.name &&
                !NEVER_KEPT.includes(controlEl.type) &&
                (controlEl.type !== "hidden" || controlEl === this.keyEl) &&
                (!this.only || this.only.includes(controlEl.name))
        );
    }

    /**
     * @param {Event} ev
     */
    save(ev) {
        if (session.is_portal_viewing) {
            return; // staff look through the eyes of somebody who does not type here
        }
        if (this.keyEl && ev.target.type !== "file") {
            // Something else than what may have arrived already.
            this.keyEl.value = this.freshKey;
        }
        const names = new Set(this.controlEls.map((controlEl) => controlEl.name));
        const entries = [...new FormData(this.el)].filter(([name]) => names.has(name));
        const draft = JSON.stringify({ at: Date.now(), entries });
        withStorage(this.storageName, (storage) => storage.setItem(this.key, draft));
    }

    restore() {
        const draft = withStorage(this.storageName, (storage) =>
            JSON.parse(storage.getItem(this.key))
        );
        if (!draft) {
            return;
        }
        let isTyped = false;
        for (const controlEl of this.controlEls) {
            const values = draft.entries
                .filter(([name]) => name === controlEl.name)
                .map(([, value]) => value);
            if (["checkbox", "radio"].includes(controlEl.type)) {
                const isChecked = values.includes(controlEl.value);
                isTyped ||= controlEl.checked !== isChecked;
                controlEl.checked = isChecked;
            } else if (values.length && !controlEl.readOnly) {
                isTyped ||= controlEl !== this.keyEl && controlEl.value !== values[0];
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
        withStorage(this.storageName, (storage) => storage.removeItem(this.key));
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
}

/**
 * Forgets a draft once the page says that it has arrived; a reload says so no longer. A name that
 * ends with a dash stands for all drafts that begin with it.
 */
export class DraftDone extends Interaction {
    static selector = "[data-draft-done]";

    setup() {
        const done = this.el.dataset.draftDone;
        forgetDrafts((draft) => draft === done || (done.endsWith("-") && draft.startsWith(done)));
        const url = new URL(browser.location);
        url.searchParams.delete("done");
        browser.history.replaceState(null, "", url);
    }
}

/**
 * Forgets what nobody came back to, what somebody else typed on this device, and at signing out
 * everything. A session that merely ended takes nothing away.
 */
export class DraftKeeper extends Interaction {
    static selector = "#wrapwrap";
    dynamicContent = {
        "a[href*='/web/session/logout']": { "t-on-click": () => forgetDrafts(() => true) },
    };

    setup() {
        const own = `${user.userId}-`;
        forgetDrafts(
            (draft, text) =>
                isOld(text) ||
                (user.userId && !draft.startsWith(own) && !draft.startsWith(VISITOR))
        );
    }
}

registry.category("public.interactions").add("kundenportal.draft_keeper", DraftKeeper);
registry.category("public.interactions").add("kundenportal.draft_done", DraftDone);
registry.category("public.interactions").add("kundenportal.draft", Draft);
