import { Interaction } from "@web/public/interaction";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { session } from "@web/session";

/** After everything that the page itself needs. */
const DELAY = 3000;

/**
 * Registers the worker that says so when there is no connection. It cares for portal pages only;
 * others of the same site, Odoo's backend's for example, have theirs.
 */
export class PortalWorker extends Interaction {
    static selector = "#wrap[data-worker]";

    start() {
        if (!session.is_portal_viewing) {
            this.waitForTimeout(this.register, DELAY);
        }
    }

    register() {
        // With website, pages in another language begin with it: /de/my
        const found = browser.location.pathname.match(/^(\/[^/]+)?\/my(?=\/|$)/);
        if (found) {
            const options = { scope: found[0] };
            // Not there without HTTPS; refused in private windows.
            browser.navigator.serviceWorker
                ?.register(this.el.dataset.worker, options)
                .catch(() => {});
        }
    }
}

registry.category("public.interactions").add("kundenportal.portal_worker", PortalWorker);
