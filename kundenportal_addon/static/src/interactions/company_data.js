import { Interaction } from "@web/public/interaction";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";

/**
 * Offers the states of the country that is chosen for the company.
 */
export class CompanyData extends Interaction {
    static selector = ".kp_company_form";
    dynamicContent = {
        "select[name='country_id']": { "t-on-change": this.onCountryChange },
    };

    /**
     * @param {Event} ev
     */
    async onCountryChange(ev) {
        const countryId = parseInt(ev.target.value);
        let states = [];
        if (countryId) {
            const url = `/my/address/country_info/${countryId}`;
            ({ states } = await this.waitFor(rpc(url, { address_type: "billing" })));
        }
        const stateEl = this.el.querySelector("select[name='state_id']");
        stateEl.replaceChildren(new Option("", ""), ...states.map(([id, name]) => new Option(name, id)));
        stateEl.parentElement.classList.toggle("d-none", !states.length);
    }
}

registry.category("public.interactions").add("kundenportal.company_data", CompanyData);
